#include "files/npz.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace rise {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kMaxArrayBytes = 256 * 1024 * 1024;
constexpr std::uint32_t kEndOfDirectory = 0x06054b50, kDirectoryEntry = 0x02014b50,
                        kLocalHeader = 0x04034b50;
constexpr std::size_t kEndBytes = 22, kEntryBytes = 46, kLocalBytes = 30, kMaxComment = 65535;
constexpr int kStored = 0, kDeflated = 8;

[[noreturn]] void refuse(const std::string& why) { throw std::invalid_argument(why); }

struct Member {
  int method;
  std::uint32_t crc;
  std::size_t packed_bytes, bytes, at;
};

// A little-endian number of 2 or 4 bytes.
std::uint32_t little(const Bytes& file, std::size_t at, int bytes) {
  if (at + static_cast<std::size_t>(bytes) > file.size()) refuse("the archive is cut");
  std::uint32_t found = 0;
  for (int i = bytes; i-- > 0;) found = found << 8 | file[at + static_cast<std::size_t>(i)];
  return found;
}

std::size_t end_of_directory(const Bytes& file) {
  if (file.size() < kEndBytes) refuse("it is no ZIP archive");
  const std::size_t last = file.size() - kEndBytes;
  for (std::size_t back = 0; back <= std::min(last, kMaxComment); ++back) {
    if (little(file, last - back, 4) == kEndOfDirectory) return last - back;
  }
  refuse("it is no ZIP archive");
}

std::map<std::string, Member> directory(const Bytes& file) {
  const std::size_t end = end_of_directory(file);
  const std::uint32_t count = little(file, end + 10, 2);
  std::size_t at = little(file, end + 16, 4);
  std::map<std::string, Member> found;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (little(file, at, 4) != kDirectoryEntry) refuse("its directory is malformed");
    const std::size_t name_bytes = little(file, at + 28, 2);
    if (at + kEntryBytes + name_bytes > file.size()) refuse("the archive is cut");
    const auto name = file.begin() + static_cast<std::ptrdiff_t>(at + kEntryBytes);
    found[std::string(name, name + static_cast<std::ptrdiff_t>(name_bytes))] = {
        static_cast<int>(little(file, at + 10, 2)), little(file, at + 16, 4),
        little(file, at + 20, 4), little(file, at + 24, 4), little(file, at + 42, 4)};
    at += kEntryBytes + name_bytes + little(file, at + 30, 2) + little(file, at + 32, 2);
  }
  return found;
}

Bytes inflated(const std::uint8_t* packed, const Member& member) {
  Bytes content(member.bytes);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) refuse("zlib does not start");
  stream.next_in = const_cast<std::uint8_t*>(packed);
  stream.avail_in = static_cast<uInt>(member.packed_bytes);
  stream.next_out = content.data();
  stream.avail_out = static_cast<uInt>(content.size());
  const int ended = inflate(&stream, Z_FINISH);
  const bool whole = ended == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!whole) refuse("a member cannot be unpacked");
  return content;
}

Bytes unpacked(const Bytes& file, const Member& member) {
  if (little(file, member.at, 4) != kLocalHeader) refuse("a member is not where it should be");
  const std::size_t start =
      member.at + kLocalBytes + little(file, member.at + 26, 2) + little(file, member.at + 28, 2);
  if (start > file.size() || member.packed_bytes > file.size() - start)
    refuse("the archive is cut");
  if (member.bytes > kMaxArrayBytes) refuse("a member is too large");
  const std::uint8_t* packed = file.data() + start;
  Bytes content;
  if (member.method == kStored && member.packed_bytes == member.bytes) {
    content.assign(packed, packed + member.bytes);
  } else if (member.method == kDeflated) {
    content = inflated(packed, member);
  } else {
    refuse("a member is packed in an unknown way");
  }
  if (crc32_z(0, content.data(), content.size()) != member.crc) refuse("a member is damaged");
  return content;
}

// The header of an .npy file as numpy writes it, taken word by word.
class Header {
 public:
  explicit Header(std::string_view words) : rest_(words) {}

  void take(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) refuse("an array is of an unknown kind");
    rest_.remove_prefix(word.size());
  }

  std::string_view until(char end) {
    const auto found = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(found.size());
    return found;
  }

 private:
  std::string_view rest_;
};

// "(48, 112)" without its brackets.
std::vector<std::size_t> shape_of(std::string_view words) {
  std::vector<std::size_t> shape;
  bool inside = false;
  for (const char c : words) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && c != ',' && c != ' ') refuse("an array's shape is malformed");
    if (digit && !inside) shape.push_back(0);
    if (digit) shape.back() = shape.back() * 10 + static_cast<std::size_t>(c - '0');
    if (digit && shape.back() > kMaxArrayBytes) refuse("an array is too large");
    inside = digit;
  }
  return shape;
}

std::size_t item_bytes(std::string_view descr) {
  if (descr == "|u1") return 1;
  if (descr == "<u2") return 2;
  if (descr == "<f4") return 4;
  refuse("an array is of an unknown kind");
}

// The format of .npy files: numpy.lib.format, versions 1.0 to 3.0.
Array array_of(const Bytes& npy) {
  if (npy.size() < 12 || std::memcmp(npy.data(), "\x93NUMPY", 6) != 0) {
    refuse("a member is no numpy array");
  }
  const bool first_version = npy[6] == 1;
  const std::size_t start = first_version ? 10 : 12;
  const std::size_t header_bytes = little(npy, 8, first_version ? 2 : 4);
  if (header_bytes > 4096 || start + header_bytes > npy.size()) refuse("an array's header is cut");
  Header header({reinterpret_cast<const char*>(npy.data()) + start, header_bytes});
  header.take("{'descr': '");
  const std::string descr(header.until('\''));
  header.take("', 'fortran_order': False, 'shape': (");
  const auto shape = shape_of(header.until(')'));
  header.take("), }");
  std::size_t expected = item_bytes(descr);
  for (const std::size_t side : shape) {
    if (side != 0 && expected > kMaxArrayBytes / side) refuse("an array is too large");
    expected *= side;
  }
  if (npy.size() - start - header_bytes != expected) {
    refuse("an array is not as long as its header says");
  }
  return {descr, shape, Bytes(npy.end() - static_cast<std::ptrdiff_t>(expected), npy.end())};
}

}  // namespace

std::map<std::string, Array> read_npz(const Bytes& file, const std::vector<std::string>& names) {
  const auto members = directory(file);
  std::map<std::string, Array> found;
  for (const auto& name : names) {
    const auto member = members.find(name + ".npy");
    if (member == members.end()) refuse("it holds no " + name);
    found[name] = array_of(unpacked(file, member->second));
  }
  return found;
}

}  // namespace rise
