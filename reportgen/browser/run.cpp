// A whole training run for a browser: the examples and weights of its seed, the kernels' steps, and what
// numerics/training.py measures of them. Compiled to WebAssembly with the kernels (scripts/kernels_for_browsers.py),
// and natively in tests/test_lab.py, which holds it against NumPy and PyTorch.

#include "network.hpp"

namespace {

struct ModularShape {  // `Shape` of numerics/kernels/modular.cpp
    int32_t modulus, embedding, neurons, examples, tied, collapsed_in, collapsed_out, projections;
    int32_t plain_gradient, l1, threads;
    double beta1, beta2, rate, decay;
};
struct ParityShape {  // of numerics/kernels/parity.cpp
    int32_t columns, neurons, examples, plain_gradient, l1;
    double beta1, beta2, rate, decay;
};

}  // namespace

extern "C" {
int32_t modular_lanes(int32_t bytes);
int32_t parity_lanes(int32_t bytes);
#define KERNELS(T, TYPE)                                                                                         \
    void modular_##TYPE(const ModularShape*, T*, T*, T*, const T*, const int32_t*, const int32_t*, const T*, const T*, \
                        int32_t);                                                                                \
    void parity_##TYPE(const ParityShape*, T*, T*, T*, const uint8_t*, const uint8_t*, const T*, const T*, int32_t); \
    void parity_logits_##TYPE(const ParityShape*, const T*, const uint8_t*, T*);
KERNELS(float, float32)
KERNELS(double, float64)
}

namespace {

template <class T> struct Kernels;
#define CHOSEN(T, TYPE)                                                                                    \
    template <> struct Kernels<T> {                                                                        \
        static constexpr auto modular = modular_##TYPE;                                                    \
        static constexpr auto parity = parity_##TYPE;                                                      \
        static constexpr auto logits = parity_logits_##TYPE;                                               \
    };
CHOSEN(float, float32)
CHOSEN(double, float64)

class Run {
public:
    const Settings s;
    const Split split;
    explicit Run(const Settings& settings) : s(settings), split(make_split(settings)) {}
    virtual ~Run() = default;
    virtual void advance(int steps) = 0;
    virtual void measure(double* five) const = 0;                    // as METRICS of training.py
    virtual void effective(float* w_input, float* w_output) const = 0;
    virtual int numbers(double* out) const = 0;                      // of the trained matrices; their count
};

template <class T> class Trained : public Run {
    static constexpr int CODE_BITS = 6;
    const std::vector<Place> places;
    const int lanes;
    std::vector<T> memory, circle;
    T *w, *first, *second;
    std::vector<int32_t> rows;                  // of W_input, (N, 2)
    std::vector<uint8_t> codes[2], labels;      // of the training and the test examples
    int64_t made = 0;

    static int lanes_of(const Settings& s) { return s.modular ? modular_lanes(sizeof(T)) : parity_lanes(sizeof(T)); }
    int circle_width() const { return ((int)s.embedding_size + lanes - 1) / lanes * lanes; }

public:
    explicit Trained(const Settings& settings)
        : Run(settings), places(layout(settings, lanes_of(settings))), lanes(lanes_of(settings)) {
        const size_t size = (length(places) + 15) / 16 * 16;
        memory.assign(3 * size + 64 / sizeof(T), 0);
        w = memory.data() + (64 - (uintptr_t)memory.data() % 64) % 64 / sizeof(T);
        first = w + size, second = first + size;
        const std::vector<double> start = initial_weights(s, places);
        each_number(places, [&](size_t at, size_t number) { w[at] = (T)start[number]; });
        if (s.circle) {
            const std::vector<double> exact = circle_embedding((int)s.modulus, circle_width());
            circle.assign(exact.begin(), exact.end());
        }
        if (s.modular) prepare_pairs();
        else prepare_digits();
    }

    void advance(int steps) override {
        std::vector<T> bias1, bias2;
        for (int i = 0; i < steps; i++) {
            made++;
            bias1.push_back((T)(1 / (1 - std::pow(s.beta1, (double)made))));
            bias2.push_back((T)(1 / std::sqrt(1 - std::pow(s.beta2, (double)made))));
        }
        const Examples& train = split.train;
        if (s.modular) {
            const int projections = s.collapsed_in ? 0 : s.tied_in_proj ? 1 : 2;
            const ModularShape shape{(int)s.modulus, (int)s.embedding_size, (int)s.neurons, train.count, s.tied != 0,
                                     s.collapsed_in != 0, s.collapsed_out != 0, projections, s.plain_gradient != 0,
                                     s.l1 != 0, 1, s.beta1, s.beta2, s.learning_rate, s.weight_decay};
            Kernels<T>::modular(&shape, w, first, second, s.circle ? circle.data() : nullptr, rows.data(),
                                train.targets.data(), bias1.data(), bias2.data(), steps);
        } else {
            const ParityShape shape = parity_shape(train.count);
            Kernels<T>::parity(&shape, w, first, second, codes[0].data(), labels.data(), bias1.data(), bias2.data(), steps);
        }
    }

    void measure(double* five) const override {
        if (s.modular) {
            const Effective<T> weights = effective();
            pairs_measured(weights, split.train, five);
            pairs_measured(weights, split.test, five + 1);
        } else {
            digits_measured(0, split.train, five);
            digits_measured(1, split.test, five + 1);
        }
        double squares = 0;
        for (size_t i = 0; i < length(places); i++) squares += (double)w[i] * w[i];
        five[4] = std::sqrt(squares);
    }

    void effective(float* w_input, float* w_output) const override {
        const Effective<T> weights = effective();
        std::copy(weights.input.begin(), weights.input.end(), w_input);
        std::copy(weights.output.begin(), weights.output.end(), w_output);
    }

    int numbers(double* out) const override {
        int count = 0;
        each_number(places, [&](size_t at, size_t number) {
            if (out) out[number] = w[at];
            count++;
        });
        return count;
    }

private:
    Effective<T> effective() const { return {s, places, w, circle.data(), circle_width()}; }

    ParityShape parity_shape(int count) const {
        return {(int)s.digits + 1, (int)s.neurons, count, s.plain_gradient != 0, s.l1 != 0,
                s.beta1, s.beta2, s.learning_rate, s.weight_decay};
    }

    void prepare_pairs() {
        rows = split.train.pairs;
        if (!s.tied_in_proj && !s.collapsed_in)
            for (size_t i = 1; i < rows.size(); i += 2) rows[i] += (int)s.modulus;
    }

    void prepare_digits() {
        const int digits = (int)s.digits, groups = (digits + CODE_BITS - 1) / CODE_BITS;
        for (int part = 0; part < 2; part++) {
            const Examples& examples = part ? split.test : split.train;
            codes[part].assign((size_t)examples.count * groups, 0);
            for (int n = 0; n < examples.count; n++)
                for (int i = 0; i < digits; i++)
                    codes[part][(size_t)n * groups + i / CODE_BITS] |=
                        examples.digits[(size_t)n * digits + i] << i % CODE_BITS;
        }
        labels.assign(split.train.targets.begin(), split.train.targets.end());
    }

    // Mean of −log softmax at the target over examples and outputs, and two places on the share of right answers.
    void pairs_measured(const Effective<T>& weights, const Examples& part, double* out) const {
        const int p = (int)s.modulus, h = (int)s.neurons, offset = s.tied_in_proj || s.collapsed_in ? 0 : p;
        std::vector<T> z(p);
        double loss = 0;
        int right = 0;
        for (int n = 0; n < part.count; n++) {
            const T* a = weights.input.data() + (size_t)part.pairs[2 * n] * h;
            const T* b = weights.input.data() + (size_t)(part.pairs[2 * n + 1] + offset) * h;
            std::fill(z.begin(), z.end(), T(0));
            for (int j = 0; j < h; j++) {
                const T sum = a[j] + b[j], hidden = sum < 0 ? 0 : sum;  // keeps NaN
                for (int i = 0; i < p; i++) z[i] += hidden * weights.output[(size_t)j * p + i];
            }
            const int best = (int)(std::max_element(z.begin(), z.end()) - z.begin());
            double total = 0;
            for (T logit : z) total += std::exp((double)logit - z[best]);
            loss += std::log(total) + z[best] - z[part.targets[n]];
            right += best == part.targets[n];
        }
        out[0] = loss / part.count / p;
        out[2] = (double)right / part.count;
    }

    // Mean of softplus(−margin).
    void digits_measured(int which, const Examples& part, double* out) const {
        std::vector<T> z(part.count);
        const ParityShape shape = parity_shape(part.count);
        Kernels<T>::logits(&shape, w, codes[which].data(), z.data());
        double loss = 0;
        int right = 0;
        for (int n = 0; n < part.count; n++) {
            const double against = part.targets[n] ? -(double)z[n] : (double)z[n];
            loss += against > 20 ? against : std::log1p(std::exp(against));
            right += (z[n] > 0) == (part.targets[n] > 0);
        }
        out[0] = loss / part.count;
        out[2] = (double)right / part.count;
    }
};

}  // namespace

extern "C" {
// A run at step 0; to be ended.
Run* run_begin(const Settings* s) { return s->float32 ? (Run*)new Trained<float>(*s) : new Trained<double>(*s); }
void run_end(Run* run) { delete run; }
void run_advance(Run* run, int32_t steps) { run->advance(steps); }
void run_measure(const Run* run, double* five) { run->measure(five); }
// W_input (K, H) and W_output (H, C), one row after the other.
void run_effective(const Run* run, float* w_input, float* w_output) { run->effective(w_input, w_output); }
// How many trained numbers there are; written out where there is a place for them.
int32_t run_numbers(const Run* run, double* out) { return run->numbers(out); }
// How many training or test examples there are; written out, (N, 2) pairs or (N, digits), where there is a place.
int32_t run_examples(const Run* run, int32_t test, int32_t* examples, int32_t* targets) {
    const Examples& part = test ? run->split.test : run->split.train;
    if (examples) {
        std::copy(part.pairs.begin(), part.pairs.end(), examples);
        std::copy(part.digits.begin(), part.digits.end(), examples);
    }
    if (targets) std::copy(part.targets.begin(), part.targets.end(), targets);
    return part.count;
}
}
