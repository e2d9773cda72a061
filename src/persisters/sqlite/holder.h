#pragma once

#include <cstdint>
#include <string>

namespace streams::sqlite {

/// The program that keeps others from writing into the database: `dbeaver (pid 4127)`; empty where
/// the kernel does not tell.
std::string holder_of_database(const std::string& path);

/// The program that holds the open-file-description lock on byte `offset` of `path`.
std::string holder_of_byte(const std::string& path, std::uint64_t offset);

}  // namespace streams::sqlite
