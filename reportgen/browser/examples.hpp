// From settings to the examples of a run: what numerics/tasks.py draws, in the same order.

#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "random.hpp"

namespace {

// As the page and the tests fill it: all numbers are doubles, yes is 1. What the kind of task does not
// have is 0. Names as in numerics/config.py.
struct Settings {
    double modular, seed, perturbation;
    double modulus, symmetric, train_fraction;                    // modular addition
    double train_size, digits, deciding, pool_size, test_size;    // 1s and 0s
    double embedding_size, neurons, tied, collapsed_in, collapsed_out, tied_in_proj, circle;
    double float32, plain_gradient, l1, weight_decay, learning_rate, beta1, beta2;
};

enum Stream : uint64_t { DATA, WEIGHTS, PERTURBATION };

struct Examples {
    int count = 0;
    std::vector<int32_t> pairs;    // (count, 2): a and b
    std::vector<uint8_t> digits;   // (count, digits)
    std::vector<int32_t> targets;  // (count)
};

struct Split {
    Examples train, test;
};

inline Split split_pairs(const Settings& s) {
    const int p = (int)s.modulus;
    std::vector<std::pair<int, int>> pairs;
    for (int a = 0; a < p; a++)
        for (int b = s.symmetric ? a : 0; b < p; b++) pairs.push_back({a, b});
    Generator generator{(uint64_t)s.seed, DATA};
    std::vector<double> drawn(pairs.size());
    for (double& number : drawn) number = generator.random();
    std::vector<int> order(pairs.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int i, int j) { return drawn[i] < drawn[j] || (drawn[i] == drawn[j] && i < j); });
    const size_t size = (size_t)(s.train_fraction * (double)pairs.size());
    Split split;
    for (size_t i = 0; i < order.size(); i++) {
        Examples& part = i < size ? split.train : split.test;
        const auto [a, b] = pairs[order[i]];
        part.pairs.insert(part.pairs.end(), {a, b});
        part.targets.push_back((a + b) % p);
        part.count++;
    }
    return split;
}

inline Examples draw_digits(const Settings& s, Generator& generator, int count) {
    Examples drawn;
    drawn.count = count;
    for (int n = 0; n < count; n++) {
        int ones = 0;
        for (int i = 0; i < (int)s.digits; i++) {
            const uint8_t digit = generator.random() < 0.5;
            drawn.digits.push_back(digit);
            if (i < (int)s.deciding) ones += digit;
        }
        drawn.targets.push_back(ones % 2);
    }
    return drawn;
}

inline Split split_digits(const Settings& s) {
    Generator generator{(uint64_t)s.seed, DATA};
    Split split{draw_digits(s, generator, (int)s.pool_size), {}};
    split.test = draw_digits(s, generator, (int)s.test_size);
    split.train.count = (int)s.train_size;  // sizes nest
    split.train.digits.resize((size_t)(s.train_size * s.digits));
    split.train.targets.resize((size_t)s.train_size);
    return split;
}

inline Split make_split(const Settings& s) { return s.modular ? split_pairs(s) : split_digits(s); }

}  // namespace
