#include "files/json.hpp"

#include <locale>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace rise {
namespace {

constexpr int kMaxNesting = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Bytes of the UTF-8 character at the start of `text`, 0 if there is no valid one.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool beyond = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t bits) { text.push_back(static_cast<char>(bits)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12), put(0x80 | (code >> 6 & 0x3f));
  } else {
    put(0xf0 | code >> 18), put(0x80 | (code >> 12 & 0x3f)), put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json whole() {
    Json found = value(0);
    skip_space();
    if (at_ != text_.size()) refuse("the end");
    return found;
  }

 private:
  [[noreturn]] void refuse(const char* expected) const {
    throw std::invalid_argument("expected " + std::string(expected) + " at byte " +
                                std::to_string(at_) + " of the JSON");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool accept(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  Json value(int depth) {
    if (depth > kMaxNesting) refuse("less nesting");
    skip_space();
    switch (peek()) {
      case '{':
        return {object(depth)};
      case '[':
        return {array(depth)};
      case '"':
        return {string()};
      default:
        if (accept("true")) return {true};
        if (accept("false")) return {false};
        if (accept("null")) return {nullptr};
        return {number()};
    }
  }

  Json::Object object(int depth) {
    Json::Object found;
    ++at_;
    skip_space();
    if (accept("}")) return found;
    do {
      skip_space();
      if (peek() != '"') refuse("a key");
      std::string key = string();
      skip_space();
      if (!accept(":")) refuse("':'");
      if (!found.emplace(std::move(key), value(depth + 1)).second) refuse("each key once");
      skip_space();
    } while (accept(","));
    if (!accept("}")) refuse("',' or '}'");
    return found;
  }

  Json::Array array(int depth) {
    Json::Array found;
    ++at_;
    skip_space();
    if (accept("]")) return found;
    do {
      found.push_back(value(depth + 1));
      skip_space();
    } while (accept(","));
    if (!accept("]")) refuse("',' or ']'");
    return found;
  }

  std::string string() {
    std::string found;
    ++at_;
    while (!accept("\"")) {
      if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20) refuse("'\"'");
      if (accept("\\")) {
        escape(found);
        continue;
      }
      const std::size_t length = utf8_length(text_.substr(at_));
      if (length == 0) refuse("UTF-8");
      found.append(text_.substr(at_, length));
      at_ += length;
    }
    return found;
  }

  void escape(std::string& found) {
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    const std::size_t which = kNames.find(peek());
    if (at_ < text_.size() && which != std::string_view::npos) {
      ++at_;
      found.push_back(kMeant[which]);
    } else if (accept("u")) {
      append_utf8(found, code_point());
    } else {
      refuse("an escape of JSON");
    }
  }

  std::uint32_t code_point() {
    const std::uint32_t first = code_unit();
    if (first == 0) refuse("text without NUL, at which C's strings end");
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || !accept("\\u")) refuse("a pair of surrogates");
    const std::uint32_t second = code_unit();
    if (second < 0xdc00 || second > 0xdfff) refuse("a pair of surrogates");
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
  }

  std::uint32_t code_unit() {
    std::uint32_t unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const int digit = is_digit(c)              ? c - '0'
                        : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                        : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                                 : -1;
      if (digit < 0) refuse("four hexadecimal digits");
      unit = unit << 4 | static_cast<std::uint32_t>(digit);
    }
    return unit;
  }

  void digits() {
    if (!is_digit(peek())) refuse("a value");
    while (is_digit(peek())) ++at_;
  }

  Json::Number number() {
    const std::size_t start = at_;
    accept("-");
    if (!accept("0")) digits();
    bool integral = true;
    if (accept(".")) integral = false, digits();
    if (accept("e") || accept("E")) {
      integral = false;
      if (!accept("+")) accept("-");
      digits();
    }
    std::istringstream written{std::string(text_.substr(start, at_ - start))};
    written.imbue(std::locale::classic());  // the program's locale may write a decimal comma
    Json::Number found{0, integral};
    if (!(written >> found.value)) refuse("a number that a double holds");
    return found;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Json parse_json(std::string_view text) { return Parser(text).whole(); }

}  // namespace rise
