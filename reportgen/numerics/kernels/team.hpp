// A few threads that make the same steps together, meeting where one needs what the others made.

#pragma once
#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>
#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace {

struct Range {
    int from, to;
    int size() const { return to - from; }
};

class Team {
    int size = 1;
    std::atomic<int> arrived{0};
    std::atomic<unsigned> meetings{0};
    static constexpr int PATIENCE = 1000;  // pauses, some 10 µs

public:
    class Member {
        Team& team;
        const int number;
    public:
        Member(Team& team, int number) : team(team), number(number) {}
        bool alone() const { return team.size == 1; }

        // This member's part of 0..count−1, in whole units.
        Range share(int count, int unit = 1) const {
            const int units = (count + unit - 1) / unit;
            auto begin = [&](int i) { return units * i / team.size * unit; };
            return {std::min(count, begin(number)), std::min(count, begin(number + 1))};
        }

        // Wait until everyone is here. Yields after a while: another process may need the core.
        void meet() const {
            if (alone()) return;
            const unsigned now = team.meetings.load(std::memory_order_acquire);
            if (team.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == team.size) {
                team.arrived.store(0, std::memory_order_relaxed);
                team.meetings.store(now + 1, std::memory_order_release);
                return;
            }
            for (int waits = 0; team.meetings.load(std::memory_order_acquire) == now; waits++)
                if (waits < PATIENCE) pause();
                else std::this_thread::yield();
        }
    };

    static void pause() {
#if defined(__SSE__)
        _mm_pause();
#endif
    }

    // Calls work(member) once for each member, this thread being the first. Where the system allows
    // fewer threads, the team is smaller.
    template <class Work> void run(int wanted, Work work) {
        std::vector<std::thread> others;
        std::atomic<bool> complete{false};
        try {
            for (int i = 1; i < wanted; i++)
                others.emplace_back([&, i] {
                    while (!complete.load(std::memory_order_acquire)) std::this_thread::yield();
                    work(Member(*this, i));
                });
        } catch (const std::system_error&) {
        }
        size = (int)others.size() + 1;
        complete.store(true, std::memory_order_release);
        work(Member(*this, 0));
        for (std::thread& other : others) other.join();
    }
};

}  // namespace
