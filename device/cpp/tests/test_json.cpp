// JSON is read as RFC 8259 writes it, and nothing else is.
#include <stdexcept>
#include <string>

#include "check.hpp"
#include "files/json.hpp"

using rise::Json;

static bool refused(const std::string& text) {
  try {
    rise::parse_json(text);
    return false;
  } catch (const std::invalid_argument&) {
    return true;
  }
}

static std::string text(const std::string& json) {
  return std::get<std::string>(rise::parse_json(json).value);
}

static Json::Number number(const std::string& json) {
  return std::get<Json::Number>(rise::parse_json(json).value);
}

static void values_are_read() {
  CHECK(number("-12").value == -12 && number("-12").integral);
  CHECK(number("1.5e2").value == 150 && !number("1.5e2").integral);
  CHECK(number("112.0").value == 112 && !number("112.0").integral);
  CHECK(text(R"("a\"\\\/\b\f\n\r\t")") == "a\"\\/\b\f\n\r\t");
  CHECK(text(R"("\u00e9\u20ac\ud83d\ude00")") == "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(text("\"\xf0\x9f\x98\x80\"") == "\xf0\x9f\x98\x80");
  const Json found = rise::parse_json(R"( { "a" : [ 1 , true , null ] , "b" : { } } )");
  const auto& fields = std::get<Json::Object>(found.value);
  CHECK(fields.size() == 2);
  const auto& items = std::get<Json::Array>(fields.at("a").value);
  CHECK(items.size() == 3 && std::get<bool>(items[1].value));
}

static void anything_else_is_refused() {
  for (const char* wrong : {"",
                            " ",
                            "{",
                            "[1",
                            "[1,]",
                            "{\"a\":1,}",
                            "{\"a\" 1}",
                            "{a:1}",
                            "tru",
                            "NaN",
                            "Infinity",
                            "-Infinity",
                            "01",
                            "1.",
                            ".5",
                            "1e",
                            "+1",
                            "-",
                            "1e999",
                            "\"a",
                            "\"\\x\"",
                            "\"\\u12\"",
                            "\"\\ud800\"",
                            "\"\\udc00\"",
                            "\"\\ud800\\u0041\"",
                            "\"\\u0000\"",
                            "\"\t\"",
                            "1 2",
                            "{} x",
                            "\"\xff\"",
                            "\"\xc0\x80\"",
                            "\"\xed\xa0\x80\"",
                            "\"\xf5\x80\x80\x80\"",
                            "\"\xe2\x82\"",
                            "{\"a\":1,\"a\":2}",
                            "\xef\xbb\xbf{}"}) {
    CHECK(refused(wrong));
  }
  CHECK(refused(std::string(100000, '[')));
  CHECK(refused(std::string(40, '[') + std::string(40, ']')));
  CHECK(!refused(std::string(20, '[') + std::string(20, ']')));
  CHECK(refused(std::string("\"a\0b\"", 5)));
}

int main() {
  values_are_read();
  anything_else_is_refused();
}
