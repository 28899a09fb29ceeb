#include <sodium.h>

#include "bundle/signature.hpp"
#include "failure.hpp"

namespace rise {

bool ed25519_verifies(const std::vector<std::uint8_t>& content, const std::uint8_t* signature,
                      const std::uint8_t* public_key) {
  if (sodium_init() < 0) throw Failure(RISE_ERROR_RUNTIME, "libsodium does not start");
  return crypto_sign_verify_detached(signature, content.data(), content.size(), public_key) == 0;
}

}  // namespace rise
