#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <initializer_list>
#include <pthread.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

// For the tests of this room.
namespace streams {

/// The sizes of chunks that tests go through: around a vector's width, around a page.
inline constexpr std::initializer_list<std::size_t> kChunkSizes = {
    1, 2, 3, 63, 64, 65, 4'096, std::size_t{1} << 20};

/// An open file in memory, at its start.
inline Descriptor file_of(std::string_view text) {
    Descriptor file(::memfd_create("input", 0));
    EXPECT_TRUE(write_all(file.get(), text, "input"));
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
    return file;
}

/// Runs `work` where the stack has 256 KiB.
inline void on_small_stack(const std::function<void()>& work) {
    constexpr std::size_t kStackBytes = 256 << 10;
    pthread_attr_t attributes;
    ASSERT_EQ(::pthread_attr_init(&attributes), 0);
    ASSERT_EQ(::pthread_attr_setstacksize(&attributes, kStackBytes), 0);
    pthread_t thread{};
    const auto run = [](void* argument) -> void* {
        (*static_cast<const std::function<void()>*>(argument))();
        return nullptr;
    };
    std::function<void()> copy = work;
    ASSERT_EQ(::pthread_create(&thread, &attributes, run, &copy), 0);
    ::pthread_join(thread, nullptr);
    ::pthread_attr_destroy(&attributes);
}

}  // namespace streams
