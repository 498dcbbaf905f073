/* As many fused multiply-adds as the core will do: 24 chains that do not wait for each other. */
#include <stdint.h>

#ifdef __AVX512F__
#define WIDTH 16
#else
#define WIDTH 8
#endif
typedef float lanes __attribute__((vector_size(4 * WIDTH)));

/* Returns the FLOP done: two for each lane of each chain. */
int64_t fma_peak(int64_t rounds, float *out)
{
    lanes c[24], a = {0}, b = {0};
    for (int k = 0; k < 24; k++)
        c[k] = (lanes){0} + (float)k;
    a += 0.999f, b += 0.001f;
    for (int64_t i = 0; i < rounds; i++) {
#pragma GCC unroll 24
        for (int k = 0; k < 24; k++)
            c[k] = c[k] * a + b;
        __asm__ volatile("" ::: );
    }
    for (int k = 0; k < 24; k++)
        for (int j = 0; j < WIDTH; j++)
            *out += c[k][j];
    return rounds * 24 * WIDTH * 2;
}
