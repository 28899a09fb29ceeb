// SHA-256 (FIPS 180-4). Phones' and boards' toolchains share no library that has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rise {

// The digest as 64 lower-case hexadecimal digits.
std::string sha256_hex(const std::vector<std::uint8_t>& content);

}  // namespace rise
