// Ed25519 (RFC 8032), checked as strictly as Python's `rise_edge.trust.signature` checks it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rise {

constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

// Returns iff the signature is that of these very bytes by the owner of the public key. Throws
// Failure, also where this build can check no signature.
void expect_signature(const std::vector<std::uint8_t>& content,
                      const std::vector<std::uint8_t>& signature, const std::uint8_t* public_key);

#ifdef RISE_WITH_ED25519
// What the library at hand says: ed25519_sodium.cpp or ed25519_openssl.cpp.
bool ed25519_verifies(const std::vector<std::uint8_t>& content, const std::uint8_t* signature,
                      const std::uint8_t* public_key);
#endif

}  // namespace rise
