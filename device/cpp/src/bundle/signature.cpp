#include "bundle/signature.hpp"

#include <algorithm>
#include <array>

#include "failure.hpp"

namespace rise {
namespace {

#ifdef RISE_WITH_ED25519

using Point = std::array<std::uint8_t, 32>;  // y, little-endian; the uppermost bit is x's sign

Point from(const std::uint8_t* bytes) {
  Point y;
  std::copy_n(bytes, y.size(), y.begin());
  y[31] &= 0x7f;
  return y;
}

// Whether y is at least 2^255 - 19, of which there is a smaller form.
bool is_reducible(const Point& y) {
  return y[0] >= 0xed && y[31] == 0x7f &&
         std::all_of(y.begin() + 1, y.begin() + 31, [](std::uint8_t byte) { return byte == 0xff; });
}

// Whether 8 times the point is the neutral one: the y of the points of order 4, 1, 2 and 8. Python
// derives them from the curve; the tests hold the two against each other.
bool is_of_small_order(const Point& y) {
  Point zero{}, one{}, minus_one;
  one[0] = 1;
  minus_one.fill(0xff);
  minus_one[0] = 0xec;
  minus_one[31] = 0x7f;
  constexpr Point kEighth = {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
                             0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
                             0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05};
  constexpr Point kOtherEighth = {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
                                  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
                                  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a};
  return y == zero || y == one || y == minus_one || y == kEighth || y == kOtherEighth;
}

bool is_sound(const std::uint8_t* bytes) {
  const Point y = from(bytes);
  return !is_reducible(y) && !is_of_small_order(y);
}

#endif

}  // namespace

void expect_signature([[maybe_unused]] const std::vector<std::uint8_t>& content,
                      const std::vector<std::uint8_t>& signature,
                      [[maybe_unused]] const std::uint8_t* public_key) {
#ifdef RISE_WITH_ED25519
  if (signature.size() != kSignatureBytes) {
    throw Failure(RISE_ERROR_BUNDLE, "expected a signature of 64 bytes, got " +
                                         std::to_string(signature.size()) +
                                         "; let the owner sign again");
  }
  if (!is_sound(public_key)) {
    throw Failure(RISE_ERROR_BUNDLE,
                  "expected a public key of rise-edge keygen, got one for which anybody can sign");
  }
  if (!is_sound(signature.data()) || !ed25519_verifies(content, signature.data(), public_key)) {
    throw Failure(RISE_ERROR_BUNDLE,
                  "expected the signature of the pinned key over these bytes, got another: they "
                  "were altered, or somebody else signed them");
  }
#else
  (void)signature;
  throw Failure(RISE_ERROR_RUNTIME,
                "expected libsodium or OpenSSL in this build to check signatures, it has neither; "
                "see device/cpp/README.md");
#endif
}

}  // namespace rise
