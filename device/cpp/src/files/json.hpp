// JSON (RFC 8259), read strictly: valid UTF-8, no key twice, no lone surrogate, bounded nesting.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rise {

struct Json {
  struct Number {
    double value;
    bool integral;  // written without a fraction and without an exponent
  };
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json>;

  std::variant<std::nullptr_t, bool, Number, std::string, Array, Object> value;
};

// Throws std::invalid_argument, which says at which byte the text stops being JSON.
Json parse_json(std::string_view text);

}  // namespace rise
