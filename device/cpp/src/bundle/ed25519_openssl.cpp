#include <openssl/evp.h>

#include <memory>
#include <new>

#include "bundle/signature.hpp"

namespace rise {

bool ed25519_verifies(const std::vector<std::uint8_t>& content, const std::uint8_t* signature,
                      const std::uint8_t* public_key) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key, kPublicKeyBytes),
      &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  if (!context) throw std::bad_alloc();
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature, kSignatureBytes, content.data(),
                          content.size()) == 1;
}

}  // namespace rise
