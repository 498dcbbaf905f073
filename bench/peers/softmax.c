/* Softmax cross-entropy and its gradient (sum) in place: largest, exp and sum, scale; and the scaling of an array, for measure. */
#include <math.h>
#include <stdint.h>

void scale(float *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] *= 1.0000001f;
}

double softmax_cross_entropy(float *restrict x, const int64_t *restrict t, int64_t rows, int64_t classes)
{
    double loss = 0;
    for (int64_t r = 0; r < rows; r++) {
        float *restrict z = x + r * classes, top = z[0], total = 0;
        for (int64_t i = 0; i < classes; i++)
            top = z[i] > top ? z[i] : top;
        float at = z[t[r]] - top;
        for (int64_t i = 0; i < classes; i++) {
            z[i] = expf(z[i] - top);
            total += z[i];
        }
        float share = 1 / total;
        for (int64_t i = 0; i < classes; i++)
            z[i] *= share;
        z[t[r]] -= 1;
        loss += logf(total) - at;
    }
    return loss;
}
