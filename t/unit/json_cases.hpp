#pragma once

#include <string_view>

namespace aep::text::json::test {

/// A text, and whether JSON.parse takes it (ECMA-262 25.5.1, the grammar of RFC 8259).
struct JsonCase {
    std::string_view text;
    bool valid;
};

using namespace std::string_view_literals;

// clang-format off
constexpr JsonCase kJsonCases[] = {
    // structure, valid
    {"{}"sv, true}, {"[]"sv, true}, {"{\"a\":1}"sv, true}, {"[1]"sv, true}, {"{\"a\":{}}"sv, true},
    {"{\"a\":[]}"sv, true}, {"[[]]"sv, true}, {"[{}]"sv, true}, {"[[],[]]"sv, true},
    {"{\"a\":1,\"b\":2}"sv, true}, {"{\"\":0}"sv, true}, {"{\"a\":{\"b\":{\"c\":[1,[2,[3]]]}}}"sv, true},
    // structure, invalid
    {""sv, false}, {"{"sv, false}, {"["sv, false}, {"}"sv, false}, {"]"sv, false}, {"{]"sv, false},
    {"[}"sv, false}, {"{}}"sv, false}, {"[]]"sv, false}, {"{}{}"sv, false}, {"[][]"sv, false},
    {"{} {}"sv, false}, {"[1][2]"sv, false}, {"{{}}"sv, false}, {"{[]}"sv, false}, {"{[]:1}"sv, false},
    {"{{}:1}"sv, false}, {"[[]"sv, false}, {"{\"a\":{}"sv, false}, {"{\"a\":[}"sv, false},
    {"[{]}"sv, false}, {"{\"a\":1]"sv, false}, {"[1}"sv, false}, {"{\"a\"}"sv, false},
    {"{\"a\",}"sv, false}, {"{\"a\":}"sv, false}, {"{\"a\":,}"sv, false}, {"{:1}"sv, false},
    {"{,}"sv, false}, {"{,\"a\":1}"sv, false}, {"{\"a\":1,}"sv, false}, {"{\"a\":1,,\"b\":2}"sv, false},
    {"{\"a\":1 \"b\":2}"sv, false}, {"{\"a\":1;\"b\":2}"sv, false}, {"{\"a\"=1}"sv, false},
    {"{\"a\"::1}"sv, false}, {"{\"a\":1:2}"sv, false}, {"{\"a\" 1}"sv, false}, {"{a:1}"sv, false},
    {"{'a':1}"sv, false}, {"{1:1}"sv, false}, {"{null:1}"sv, false}, {"{true:1}"sv, false},
    {"{\"a\":1}}"sv, false}, {"{\"a\":1},"sv, false}, {"{\"a\":1}x"sv, false}, {"{\"a\":1}1"sv, false},
    {"{\"a\":1}\"\""sv, false}, {"{\"a\":1}//c"sv, false}, {"/*c*/{}"sv, false}, {"{/*c*/}"sv, false},
    {"#c\n{}"sv, false}, {"[1,]"sv, false}, {"[,1]"sv, false}, {"[,]"sv, false}, {"[1,,2]"sv, false},
    {"[1 2]"sv, false}, {"[1:2]"sv, false}, {"[1;2]"sv, false}, {"[\"a\" \"b\"]"sv, false},
    {"[\"a\"\"b\"]"sv, false}, {"[\"a\":1]"sv, false}, {"[1"sv, false}, {"[1,"sv, false},
    {"[\"a\""sv, false}, {"[\"a\","sv, false}, {"{\"a"sv, false}, {"{\"a\""sv, false}, {"{\"a\":"sv, false},
    {"{\"a\":1"sv, false}, {"{\"a\":1,"sv, false}, {"{\"a\":1,\""sv, false}, {"{\"a\":1,\"b\""sv, false},
    {","sv, false}, {":"sv, false}, {"[,"sv, false}, {"[:"sv, false}, {",[]"sv, false}, {"[],"sv, false},
    {"(1)"sv, false}, {"<a>"sv, false}, {"[1,2,3"sv, false}, {"[[1,2],[3]"sv, false},
    // white space, valid
    {" {}"sv, true}, {"{} "sv, true}, {"\t{}\n"sv, true}, {"\r\n[ ]\r\n"sv, true},
    {" { \"a\" : 1 , \"b\" : [ 1 , 2 ] } "sv, true}, {"{\n\t\"a\":\r\n1}"sv, true}, {"[ 1\t]"sv, true},
    // white space, invalid
    {" "sv, false}, {"\n"sv, false}, {" \t\r\n"sv, false}, {"\014{}"sv, false}, {"\013[]"sv, false},
    {"{}\014"sv, false}, {"[1\014]"sv, false}, {"[\302\2401]"sv, false}, {"\342\200\250{}"sv, false},
    {"\357\273\277{}"sv, false}, {"[1,\0142]"sv, false}, {"{\"a\"\014:1}"sv, false}, {"\032[]"sv, false},
    {"[\0321]"sv, false}, {"\014"sv, false}, {"[1\0142]"sv, false}, {"{\"a\"\0321}"sv, false},
    {"\000{}"sv, false}, {"{}\000"sv, false}, {"[\000]"sv, false}, {"[1\000]"sv, false},
    // literals, valid
    {"true"sv, true}, {"false"sv, true}, {"null"sv, true}, {"[true,false,null]"sv, true},
    {"[ true ]"sv, true},
    // literals, invalid
    {"True"sv, false}, {"TRUE"sv, false}, {"tru"sv, false}, {"truee"sv, false}, {"true1"sv, false},
    {"[tru]"sv, false}, {"[truee]"sv, false}, {"[true false]"sv, false}, {"[nul]"sv, false},
    {"[nulll]"sv, false}, {"[null,]"sv, false}, {"[fals]"sv, false}, {"[falsee]"sv, false},
    {"[False]"sv, false}, {"nan"sv, false}, {"NaN"sv, false}, {"[NaN]"sv, false}, {"[Infinity]"sv, false},
    {"[-Infinity]"sv, false}, {"[undefined]"sv, false}, {"[true\"a\"]"sv, false}, {"[\"a\"true]"sv, false},
    {"[t]"sv, false}, {"[f]"sv, false}, {"[n]"sv, false}, {"[truetrue]"sv, false},
    {"[true,null\"]"sv, false}, {"yes"sv, false}, {"[none]"sv, false},
    // numbers, valid
    {"0"sv, true}, {"-0"sv, true}, {"1"sv, true}, {"-1"sv, true}, {"12"sv, true},
    {"123456789012345678901234567890"sv, true}, {"41861666193140161934276845651148876988"sv, true},
    {"0.0"sv, true}, {"0.5"sv, true}, {"-0.5"sv, true}, {"1.25"sv, true}, {"1e5"sv, true}, {"1E5"sv, true},
    {"1e+5"sv, true}, {"1e-5"sv, true}, {"1E+05"sv, true}, {"0e0"sv, true}, {"0e1"sv, true},
    {"-0e-0"sv, true}, {"1e400"sv, true}, {"-1e400"sv, true}, {"1e-400"sv, true},
    {"1.7976931348623159e308"sv, true}, {"19.99"sv, true}, {"19.989999999999998"sv, true},
    {"0.30000000000000004"sv, true}, {"9007199254740993"sv, true}, {"18446744073709551616"sv, true},
    {"1.0000000000000000000000000001"sv, true}, {"[0]"sv, true}, {"[-0]"sv, true}, {"[1e400]"sv, true},
    // numbers, invalid
    {"00"sv, false}, {"01"sv, false}, {"-01"sv, false}, {"-00"sv, false}, {"0x1"sv, false}, {"0x"sv, false},
    {"1."sv, false}, {"-1."sv, false}, {".5"sv, false}, {"-.5"sv, false}, {"1.e5"sv, false},
    {"1.5.5"sv, false}, {"1e"sv, false}, {"1e+"sv, false}, {"1e-"sv, false}, {"1E"sv, false},
    {"1e5.5"sv, false}, {"1e1e1"sv, false}, {"+1"sv, false}, {"+"sv, false}, {"-"sv, false},
    {"--1"sv, false}, {"-+1"sv, false}, {"1-"sv, false}, {"1+"sv, false}, {"1-1"sv, false}, {"1a"sv, false},
    {"a1"sv, false}, {"1_000"sv, false}, {"1,000"sv, false}, {"0b1"sv, false}, {"0o7"sv, false},
    {"1f"sv, false}, {"1L"sv, false}, {"1n"sv, false}, {"1d"sv, false}, {"-a"sv, false}, {"[-]"sv, false},
    {"[+1]"sv, false}, {"[01]"sv, false}, {"[1.]"sv, false}, {"[.1]"sv, false}, {"[1e]"sv, false},
    {"[0x1]"sv, false}, {"[1\"a\"]"sv, false}, {"[\"a\"1]"sv, false}, {"[1true]"sv, false},
    {"[- 1]"sv, false}, {"[1 .5]"sv, false}, {"[1e 5]"sv, false}, {"\331\241"sv, false},
    {"[\357\274\221]"sv, false}, {"1\302\240"sv, false}, {"\342\210\236"sv, false},
    // strings, valid
    {"\"\""sv, true}, {"\"a\""sv, true}, {"\"a b\""sv, true}, {" \"a\" "sv, true}, {"\"\\\"\""sv, true},
    {"\"\\\\\""sv, true}, {"\"\\/\""sv, true}, {"\"/\""sv, true}, {"\"\\b\\f\\n\\r\\t\""sv, true},
    {"\"\\u0041\""sv, true}, {"\"\\u00e9\""sv, true}, {"\"\\uD83D\\uDE00\""sv, true},
    {"\"\\uDBFF\\uDFFF\""sv, true}, {"\"\\ud83d\""sv, true}, {"\"\\ude00\""sv, true},
    {"\"\\ude00\\ud83d\""sv, true}, {"\"\\ud83d\\u0041\""sv, true}, {"\"\\ud83d\\ud83d\""sv, true},
    {"\"\\ud83dx\""sv, true}, {"\"\\u0000\""sv, true}, {"\"\\u001f\""sv, true}, {"\"\\uFFFF\""sv, true},
    {"\"\303\251\""sv, true}, {"\"\360\237\230\200\""sv, true}, {"\"\177\""sv, true},
    {"\"\342\200\250\""sv, true}, {"\"\342\200\251\""sv, true}, {"\"\357\273\277\""sv, true},
    {"\"[1,2]\""sv, true}, {"\"{\\\"a\\\":1}\""sv, true}, {"\"a,b:c\""sv, true}, {"\"\\\\\\\"\""sv, true},
    {"[\"\\\\\",\"b\"]"sv, true}, {"{\"\\u0061\":1}"sv, true}, {"{\"a\\\"b\":1}"sv, true},
    {"{\"\\\\\":1}"sv, true},
    // strings, invalid
    {"\""sv, false}, {"\"a"sv, false}, {"a\""sv, false}, {"\"a\"\""sv, false}, {"\"a\"b\""sv, false},
    {"'a'"sv, false}, {"`a`"sv, false}, {"\"\\\""sv, false}, {"\"\\"sv, false}, {"\"\\x41\""sv, false},
    {"\"\\a\""sv, false}, {"\"\\v\""sv, false}, {"\"\\0\""sv, false}, {"\"\\'\""sv, false},
    {"\"\\ \""sv, false}, {"\"\\\n\""sv, false}, {"\"\\u\""sv, false}, {"\"\\u0\""sv, false},
    {"\"\\u00\""sv, false}, {"\"\\u004\""sv, false}, {"\"\\u004g\""sv, false}, {"\"\\u00 1\""sv, false},
    {"\"\\u+041\""sv, false}, {"\"\\u-041\""sv, false}, {"\"\\U0041\""sv, false}, {"\"\\u{41}\""sv, false},
    {"\"\\uD83D\\u\""sv, false}, {"\"\\uD83D\\uDE0\""sv, false}, {"\"\\u004\"1"sv, false},
    {"\"\\\\\\\""sv, false}, {"\"\n\""sv, false}, {"\"\t\""sv, false}, {"\"\r\""sv, false},
    {"\"\000\""sv, false}, {"\"\037\""sv, false}, {"\"a\001b\""sv, false}, {"[\"a\tb\"]"sv, false},
    {"{\"a\n\":1}"sv, false}, {"{\"a\\x\":1}"sv, false}, {"{\"\\u00\":1}"sv, false}, {"\\\"a\\\""sv, false},
    {"[\\\"a\\\"]"sv, false}, {"[\\n]"sv, false}, {"\"a\"\\"sv, false}, {"[\"a\"\\]"sv, false},
    {"{\"a\"\\:1}"sv, false}, {"[1\\]"sv, false}, {"\\u0022a\\u0022"sv, false}, {"[\"\\\\\"]\"]"sv, false},
    {"\342\200\234a\342\200\235"sv, false},
    // mixed, valid
   
    {"{\"events\":[{\"xdm\":{\"eventType\":\"commerce.purchases\",\"commerce\":{\"order\":{\"priceTotal\":19.99}}}}],\"query\":{\"identity\":{\"fetch\":[\"ECID\"]}},\"meta\":{\"state\":{\"domain\":\"shop.example\",\"cookiesEnabled\":true}}}"sv, true},
    {"{\"requestId\":\"x\",\"handle\":[]}"sv, true}, {"{\"a\":[1,2,{\"b\":\"c\"}],\"d\":null}"sv, true},
    {"{\"a\":\"b\",\"a\":\"c\"}"sv, true}, {"[{\"a\":1},{\"a\":2}]"sv, true},
    {"[0,-1,2.5,3e8,\"x\",true,false,null,{},[]]"sv, true}, {"{\"a\":\"\\ud83d\",\"b\":1e400}"sv, true},
    // mixed, invalid
   
    {"{\"events\":[{\"xdm\":{\"eventType\":\"a\"}}],\"meta\":{\"state\":{\"domain\":\"shop.example\",\"cookiesEnabled\":True}}}"sv, false},
    {"{\"events\":[{\"xdm\":{\"eventType\":\"a\"}]],\"meta\":{}}"sv, false},
    {"{\"events\":[{\"xdm\":{\"eventType\":\"a\"}}],\"meta\":{\"state\":{\"domain\":\"shop.example\"}}"sv, false},
    {"{\"requestId\":\"x\",\"handle\":[]"sv, false}, {"{\"a\":[1,2,{\"b\":\"c\"}},\"d\":null]"sv, false},
    {"[0,-1,2.5,3e8,\"x\",true,false,null,{},[}"sv, false}, {"{\"a\":\"\\ud83\",\"b\":1e400}"sv, false},
    // white space behind values
    {"1\n"sv, true}, {"[1\n]"sv, true}, {"[1\r]"sv, true}, {"[true\n,null\r,\"a\"\n]"sv, true}, {"\"a\"\r\n"sv, true},
    {"{\"a\"\n:\n-1.5e3\n}"sv, true}, {"{\"a\"\r:\r0\r}"sv, true}, {"[tru\ne]"sv, false}, {"[1\n2]"sv, false},
    // both ends of the hexadecimal digits
    {"\"\\u0909\\uAFaf\""sv, true}, {"\"\\u000G\""sv, false}, {"\"\\u000g\""sv, false}, {"\"\\u000/\""sv, false},
    {"\"\\u000:\""sv, false}, {"\"\\u000@\""sv, false}, {"\"\\u000`\""sv, false},
    // not UTF-8
    {"\"\200\""sv, false}, {"\"\300\200\""sv, false}, {"\"\355\240\200\""sv, false}, {"\"\364\220\200\200\""sv, false},
    {"\"\303\""sv, false}, {"\"\342\202\""sv, false}, {"[\"\377\"]"sv, false}, {"{\"\376\":1}"sv, false},
};
// clang-format on

}  // namespace aep::text::json::test
