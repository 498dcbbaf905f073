/* Question 1's network, trained one datum a step: max pooling 2x2, PReLU with one slope, linear to one output, 1/2 (y-t)^2.

   With P = max(U, 0) and N = min(U, 0): V = P + a N, y = W.V = W.P + a W.N, d = y - t, dW = d V, da = d W.N.
   Weights stay in registers; the pooling of the data to come runs beside the chain of steps. */
#include <immintrin.h>
#include <stdint.h>

static inline float largest(float a, float b) { return a > b ? a : b; }
static inline float least(float a, float b) { return a < b ? a : b; }

/* x: (.., 4, 4), t: (..), order: steps indices, weights: W (4) and the slope, loss: (steps). */
void train_scalar(const float *x, const float *t, const int64_t *order, int64_t steps, float lr, float *weights, float *loss)
{
    float w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3], a = weights[4];
    for (int64_t k = 0; k < steps; k++) {
        const float *r = x + 16 * order[k];
        float u0 = largest(largest(r[0], r[1]), largest(r[4], r[5]));
        float u1 = largest(largest(r[2], r[3]), largest(r[6], r[7]));
        float u2 = largest(largest(r[8], r[9]), largest(r[12], r[13]));
        float u3 = largest(largest(r[10], r[11]), largest(r[14], r[15]));
        float n0 = least(u0, 0), n1 = least(u1, 0), n2 = least(u2, 0), n3 = least(u3, 0);
        float p0 = u0 - n0, p1 = u1 - n1, p2 = u2 - n2, p3 = u3 - n3;
        float s = (w0 * n0 + w1 * n1) + (w2 * n2 + w3 * n3);
        float d = ((w0 * p0 - t[order[k]]) + w1 * p1) + (w2 * p2 + w3 * p3) + a * s;
        float step = lr * d;
        w0 -= step * (p0 + a * n0);
        w1 -= step * (p1 + a * n1);
        w2 -= step * (p2 + a * n2);
        w3 -= step * (p3 + a * n3);
        a -= step * s;
        loss[k] = 0.5f * d * d;
    }
    weights[0] = w0, weights[1] = w1, weights[2] = w2, weights[3] = w3, weights[4] = a;
}

static inline __m128 everywhere(__m128 v)
{
    v = _mm_add_ps(v, _mm_permute_ps(v, 0xB1));
    return _mm_add_ps(v, _mm_permute_ps(v, 0x4E));
}

static inline __m128 pooled(const float *r)
{
    __m128 top = _mm_max_ps(_mm_loadu_ps(r), _mm_loadu_ps(r + 4)), low = _mm_max_ps(_mm_loadu_ps(r + 8), _mm_loadu_ps(r + 12));
    return _mm_max_ps(_mm_shuffle_ps(top, low, 0x88), _mm_shuffle_ps(top, low, 0xDD));
}

/* The same with the four cells in one register. */
void train_vector(const float *x, const float *t, const int64_t *order, int64_t steps, float lr, float *weights, float *loss)
{
    __m128 w = _mm_loadu_ps(weights), a = _mm_set1_ps(weights[4]), rate = _mm_set1_ps(lr), zero = _mm_setzero_ps();
    for (int64_t k = 0; k < steps; k++) {
        __m128 u = pooled(x + 16 * order[k]), target = _mm_set1_ps(t[order[k]]);
        __m128 n = _mm_min_ps(u, zero), p = _mm_max_ps(u, zero);
        __m128 s = everywhere(_mm_mul_ps(w, n)), q = everywhere(_mm_mul_ps(w, p));
        __m128 d = _mm_fmadd_ps(a, s, _mm_sub_ps(q, target)), step = _mm_mul_ps(rate, d);
        w = _mm_fnmadd_ps(step, _mm_fmadd_ps(a, n, p), w);
        a = _mm_fnmadd_ps(step, s, a);
        loss[k] = 0.5f * _mm_cvtss_f32(d) * _mm_cvtss_f32(d);
    }
    _mm_storeu_ps(weights, w);
    weights[4] = _mm_cvtss_f32(a);
}

/* One step looked ahead: q' = W'.P' and s' = W'.N' of the next datum are had from the old W as
   q' = W.P' - step V.P', s' = W.N' - step V.N', so that the four dot products leave the chain from step to step. */
void train_ahead(const float *x, const float *t, const int64_t *order, int64_t steps, float lr, float *weights, float *loss)
{
    __m128 w = _mm_loadu_ps(weights), a = _mm_set1_ps(weights[4]), rate = _mm_set1_ps(lr), zero = _mm_setzero_ps();
    __m128 u = pooled(x + 16 * order[0]), n = _mm_min_ps(u, zero), p = _mm_max_ps(u, zero);
    __m128 s = everywhere(_mm_mul_ps(w, n)), q = _mm_sub_ps(everywhere(_mm_mul_ps(w, p)), _mm_set1_ps(t[order[0]]));
    for (int64_t k = 0; k < steps; k++) {
        int64_t next = order[k + 1 < steps ? k + 1 : k];
        __m128 u2 = pooled(x + 16 * next), n2 = _mm_min_ps(u2, zero), p2 = _mm_max_ps(u2, zero);
        __m128 pp = everywhere(_mm_mul_ps(p, p2)), np = everywhere(_mm_mul_ps(n, p2));
        __m128 pn = everywhere(_mm_mul_ps(p, n2)), nn = everywhere(_mm_mul_ps(n, n2));
        __m128 wn = everywhere(_mm_mul_ps(w, n2)), wp = _mm_sub_ps(everywhere(_mm_mul_ps(w, p2)), _mm_set1_ps(t[next]));
        __m128 d = _mm_fmadd_ps(a, s, q), step = _mm_mul_ps(rate, d);
        w = _mm_fnmadd_ps(step, _mm_fmadd_ps(a, n, p), w);
        q = _mm_fnmadd_ps(step, _mm_fmadd_ps(a, np, pp), wp);
        __m128 s2 = _mm_fnmadd_ps(step, _mm_fmadd_ps(a, nn, pn), wn);
        a = _mm_fnmadd_ps(step, s, a);
        s = s2, n = n2, p = p2;
        loss[k] = 0.5f * _mm_cvtss_f32(d) * _mm_cvtss_f32(d);
    }
    _mm_storeu_ps(weights, w);
    weights[4] = _mm_cvtss_f32(a);
}
