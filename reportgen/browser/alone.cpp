// What a program without an operating system has to bring along. Without it the linker takes the standard
// library's, which can print a message before it gives up: 6 kB that nobody reads.

#include <cstdlib>
#include <new>

void* operator new(size_t size) {
    void* place = std::malloc(size);
    if (!place) __builtin_trap();
    return place;
}
void operator delete(void* place) noexcept { std::free(place); }
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }
extern "C" void abort() { __builtin_trap(); }
