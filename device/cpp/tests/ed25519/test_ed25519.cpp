// Signatures: the vectors of RFC 8032, section 7.1, and what no honest signer makes of them. Built
// once for each library that was found, and once for none.
#include <cstring>
#include <string>
#include <vector>

#include "bundle/signature.hpp"
#include "check.hpp"
#include "failure.hpp"

using Bytes = std::vector<std::uint8_t>;

static Bytes bytes(const std::string& digits) {
  Bytes found;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    found.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return found;
}

struct Vector {
  Bytes public_key, content, signature;
};

static const std::vector<Vector> kVectors = {
    {bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), bytes(""),
     bytes("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
           "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")},
    {bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), bytes("72"),
     bytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")},
    {bytes("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"), bytes("af82"),
     bytes("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
           "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")},
};

static rise_status status(const Bytes& content, const Bytes& signature, const Bytes& public_key) {
  try {
    rise::expect_signature(content, signature, public_key.data());
    return RISE_OK;
  } catch (const rise::Failure& failure) {
    return failure.status;
  }
}

#ifdef RISE_WITH_ED25519

static bool takes(const Bytes& content, const Bytes& signature, const Bytes& public_key) {
  const rise_status found = status(content, signature, public_key);
  CHECK(found == RISE_OK || found == RISE_ERROR_BUNDLE);
  return found == RISE_OK;
}

static void every_altered_bit_is_refused() {
  for (const Vector& vector : kVectors) {
    CHECK(takes(vector.content, vector.signature, vector.public_key));
    CHECK(!takes(bytes("00"), vector.signature, vector.public_key));
    for (std::size_t bit = 0; bit < 512; ++bit) {
      Bytes altered = vector.signature;
      altered[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      CHECK(!takes(vector.content, altered, vector.public_key));
      if (bit >= 256) continue;
      altered = vector.public_key;
      altered[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      CHECK(!takes(vector.content, vector.signature, altered));
    }
  }
}

static void another_length_is_refused() {
  const Vector& vector = kVectors[0];
  for (const std::size_t length : {0, 1, 32, 63, 65, 128}) {
    Bytes signature = vector.signature;
    signature.resize(length);
    CHECK(!takes(vector.content, signature, vector.public_key));
  }
}

static void s_with_the_order_added_is_refused() {
  const Bytes order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  for (const Vector& vector : kVectors) {
    Bytes signature = vector.signature;
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      carry += signature[32 + i] + order[i];
      signature[32 + i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    CHECK(!takes(vector.content, signature, vector.public_key));
  }
}

// Every y of a point of small order and every y that has 2^255 - 19 added, with both signs.
static std::vector<Bytes> unsound_points() {
  std::vector<Bytes> found = {
      bytes(std::string(64, '0')),
      bytes("01" + std::string(62, '0')),
      bytes("ec" + std::string(60, 'f') + "7f"),
      bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
      bytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
  };
  for (int low = 0xed; low <= 0xff; ++low) {
    found.push_back(bytes("ed" + std::string(60, 'f') + "7f"));
    found.back()[0] = static_cast<std::uint8_t>(low);
  }
  for (std::size_t i = 0, count = found.size(); i < count; ++i) {
    found.push_back(found[i]);
    found.back()[31] |= 0x80;
  }
  return found;
}

static void unsound_points_are_refused_as_keys_and_as_r() {
  const Vector& vector = kVectors[1];
  const Bytes neutral = bytes("01" + std::string(62, '0'));
  for (const Bytes& point : unsound_points()) {
    Bytes signature = point;
    signature.insert(signature.end(), vector.signature.begin() + 32, vector.signature.end());
    CHECK(!takes(vector.content, signature, vector.public_key));
    signature = point;
    signature.resize(64);  // S = 0: right for R = -h A, which needs no secret
    CHECK(!takes(vector.content, signature, point));
    CHECK(!takes(vector.content, signature, neutral));
    CHECK(!takes(vector.content, signature, vector.public_key));
  }
}

int main() {
  every_altered_bit_is_refused();
  another_length_is_refused();
  s_with_the_order_added_is_refused();
  unsound_points_are_refused_as_keys_and_as_r();
}

#else

int main() {
  for (const Vector& vector : kVectors) {
    CHECK(status(vector.content, vector.signature, vector.public_key) == RISE_ERROR_RUNTIME);
    CHECK(status(vector.content, {}, vector.public_key) == RISE_ERROR_RUNTIME);
  }
}

#endif
