// NumPy's random numbers, bit for bit: `default_rng([words…]).random()`, and the truncated normals that
// numerics/models.py makes of them.
//
// O'Neill 2014 for PCG64 and for the idea of the seed sequence; NumPy's documentation for the constants.
// The inverse of the normal distribution is Moshier's (Cephes), as PyTorch has it.

#pragma once
#include <cmath>
#include <cstdint>
#include <initializer_list>

namespace {

class Generator {
    typedef unsigned __int128 Wide;
    static constexpr Wide MULTIPLIER = (Wide)0x2360ED051FC65DA4 << 64 | 0x4385DF649FCCF645;
    Wide state = 0, increment;

    void step() { state = state * MULTIPLIER + increment; }

    // The mixing of NumPy's SeedSequence: every word changes all four of the pool.
    class Sequence {
        uint32_t pool[4], constant = 0x43b0d7e5;

        static uint32_t folded(uint32_t x) { return x ^ x >> 16; }
        uint32_t hash(uint32_t value) {
            value ^= constant;
            constant *= 0x931e8875;
            return folded(value * constant);
        }
        void mix(uint32_t& into, uint32_t value) { into = folded(0xca01f9dd * into - 0x4973f715 * hash(value)); }

    public:
        Sequence(const uint32_t* words, int count) {
            for (int i = 0; i < 4; i++) pool[i] = hash(i < count ? words[i] : 0);
            for (int from = 0; from < 4; from++)
                for (int to = 0; to < 4; to++)
                    if (from != to) mix(pool[to], pool[from]);
            for (int from = 4; from < count; from++)
                for (uint32_t& to : pool) mix(to, words[from]);
        }
        void generate(uint64_t (&out)[4]) const {
            uint32_t constant = 0x8b51f9dd, half[8];
            for (int i = 0; i < 8; i++) {
                const uint32_t value = pool[i % 4] ^ constant;
                constant *= 0x58f38ded;
                half[i] = folded(value * constant);
            }
            for (int i = 0; i < 4; i++) out[i] = (uint64_t)half[2 * i + 1] << 32 | half[2 * i];
        }
    };

    void begin(const uint32_t* words, int count) {
        uint64_t s[4];
        Sequence(words, count).generate(s);
        increment = ((Wide)s[2] << 64 | s[3]) << 1 | 1;
        step();
        state += (Wide)s[0] << 64 | s[1];
        step();
    }

public:
    // As default_rng(list): whole numbers from 0 below 2⁶⁴, each in as many 32-bit words as it needs.
    Generator(std::initializer_list<uint64_t> numbers) {
        uint32_t words[16];
        int count = 0;
        for (uint64_t number : numbers) {
            words[count++] = (uint32_t)number;
            if (number >> 32) words[count++] = (uint32_t)(number >> 32);
        }
        begin(words, count);
    }

    uint64_t next() {
        step();
        const uint64_t high = (uint64_t)(state >> 64), value = high ^ (uint64_t)state;
        const unsigned turn = high >> 58;
        return value >> turn | value << (-turn & 63);
    }

    double random() { return (next() >> 11) * (1.0 / 9007199254740992.0); }  // in [0, 1)
};

// PyTorch's polynomials are fused on processors that can, which all recent ones do; so these are, in both homes.
template <int N> inline double polynomial(double x, const double (&factors)[N]) {
    double result = 0;
    for (double factor : factors) result = std::fma(result, x, factor);
    return result;
}

// Where a standard normal has the probability `y` below it, for y from 0.02 to 0.98.
inline double inverse_normal(double y) {
    static constexpr double TAIL = 0.13533528323661269189;  // exp(−2)
    static constexpr double P0[] = {-5.99633501014107895267E1, 9.80010754185999661536E1, -5.66762857469070293439E1,
                                    1.39312609387279679503E1, -1.23916583867381258016E0};
    static constexpr double Q0[] = {1.0, 1.95448858338141759834E0, 4.67627912898881538453E0,
                                    8.63602421390890590575E1, -2.25462687854119370527E2, 2.00260212380060660359E2,
                                    -8.20372256168333339912E1, 1.59056225126211695515E1, -1.18331621121330003142E0};
    static constexpr double P1[] = {4.05544892305962419923E0, 3.15251094599893866154E1, 5.71628192246421288162E1,
                                    4.40805073893200834700E1, 1.46849561928858024014E1, 2.18663306850790267539E0,
                                    -1.40256079171354495875E-1, -3.50424626827848203418E-2, -8.57456785154685413611E-4};
    static constexpr double Q1[] = {1.0, 1.57799883256466749731E1, 4.53907635128879210584E1,
                                    4.13172038254672030440E1, 1.50425385692907503408E1, 2.50464946208309415979E0,
                                    -1.42182922854787788574E-1, -3.80806407691578277194E-2, -9.33259480895457427372E-4};
    const bool upper = y > 1 - TAIL;
    if (upper) y = 1 - y;
    if (y > TAIL) {
        y -= 0.5;
        const double y2 = y * y;
        return std::fma(y, y2 * polynomial(y2, P0) / polynomial(y2, Q0), y) * 2.50662827463100050242E0;  // √(2π)
    }
    const double x = std::sqrt(-2 * std::log(y)), z = 1 / x;
    const double found = x - std::log(x) / x - z * polynomial(z, P1) / polynomial(z, Q1);
    return upper ? found : -found;
}

// Standard normal cut at ±2.
inline double truncated_normal(Generator& generator) {
    constexpr double LOW = 0x1.74bcf82c9d860p-6, HIGH = 0x1.f45a183e9b13dp-1;  // below −2, and below 2
    return inverse_normal(LOW + (HIGH - LOW) * generator.random());
}

}  // namespace
