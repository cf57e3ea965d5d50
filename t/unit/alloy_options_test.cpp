#include "settings/alloy_options.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <unistd.h>

#include "expect.hpp"

namespace {

using aep::settings::AlloyOptions;
using aep::settings::read_alloy_options;
using aep::test::expect_part;
using aep::test::expect_text;

/// A file that goes with the test.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::string_view content) {
        const int descriptor = ::mkstemp(name_.data());
        assert_true(descriptor >= 0);
        assert_int_equal(::write(descriptor, content.data(), content.size()), content.size());
        ::close(descriptor);
    }
    ~TemporaryFile() { static_cast<void>(std::remove(name_.c_str())); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    std::string name_ = "/tmp/aep-alloy-options-XXXXXX";
};

AlloyOptions read(std::string_view content) {
    return read_alloy_options(TemporaryFile(content).name());
}

void expect_json(std::string_view content, std::string_view json) {
    const AlloyOptions options = read(content);
    expect_text(options.error, "");
    expect_text(options.json, json);
}

void expect_error(std::string_view content, std::string_view part) {
    const AlloyOptions options = read(content);
    expect_part(options.error, part);
    expect_text(options.json, "");
}

void good_options_become_compact_json(void**) {
    expect_json("{ }", "{}");
    expect_json(" {\n \"debugEnabled\" : true }\n", R"({"debugEnabled":true})");
    expect_json(R"({"clickCollectionEnabled": false, "context": ["web", "device"],
                    "clickCollection": {"internalLinkEnabled": null}})",
                R"({"clickCollectionEnabled":false,"context":["web","device"],)"
                R"("clickCollection":{"internalLinkEnabled":null}})");
}

void values_stay_what_they_are(void**) {
    expect_json(R"({"streamingMedia":{"a":19.99,"b":0.1,"c":1.10,"d":-5,"e":9007199254740993}})",
                R"({"streamingMedia":{"a":19.99,"b":0.1,"c":1.1,"d":-5,"e":9007199254740993}})");
    expect_json(R"({"prehidingStyle":"#a{opacity:0} </style> \"\\ caf\u00e9"})",
                R"({"prehidingStyle":"#a{opacity:0} \u003c/style> \"\\ caf\u00E9"})");
}

void what_the_module_sets_itself_is_refused(void**) {
    expect_error(R"({"orgId":"a"})",
                 "sets \"orgId\", which is set by aep_organization_id: remove it from the file");
    expect_error(R"({"datastreamId":"a"})", "\"datastreamId\", which is set by aep_datastream_id");
    expect_error(R"({"edgeConfigId":"a"})", "\"edgeConfigId\", which is set by aep_datastream_id");
    expect_error(R"({"edgeDomain":"a"})", "\"edgeDomain\", which is set by aep_gateway");
    expect_error(R"({"edgeBasePath":"a"})", "\"edgeBasePath\", which is set by aep_gateway");
    expect_error(R"({"defaultConsent":"in"})", "\"defaultConsent\", which is set by aep_default_consent");
    expect_error(R"({"debugEnabled":true,"thirdPartyCookiesEnabled":false})", "\"thirdPartyCookiesEnabled\"");
}

void what_alloy_does_not_know_is_refused(void**) {
    expect_error(R"({"debug":true})",
                 "sets \"debug\", which alloy does not know in JSON: expected one of advertising, ");
    expect_error(R"({"DebugEnabled":true})", "sets \"DebugEnabled\"");
    expect_error(R"({"onBeforeEventSend":"send"})",
                 "sets \"onBeforeEventSend\", which alloy does not know in JSON");
    expect_error(R"({"":1})", "sets \"\"");
}

void what_is_no_json_object_is_refused(void**) {
    expect_error("", "cannot be read as JSON");
    expect_error("{", "cannot be read as JSON");
    expect_error("{\n\"debugEnabled\": yes}", "(line 2)");
    expect_error("{} {}", "cannot be read as JSON");
    expect_error("{\"debugEnabled\":true,}", "cannot be read as JSON");
    expect_error("{\"debugEnabled\":true,\"debugEnabled\":true}", "duplicate");
    expect_error("{\"prehidingStyle\":\"\xFF\"}", "cannot be read as JSON");
    expect_error("[]", "does not hold a JSON object: expected alloy's configure options");
    expect_error("[{\"debugEnabled\":true}]", "does not hold a JSON object");
}

void a_file_that_cannot_be_opened_is_refused(void**) {
    const AlloyOptions options = read_alloy_options("/nowhere/options.json");
    expect_part(options.error,
                "cannot be read as JSON: unable to open /nowhere/options.json: No such file or directory");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(good_options_become_compact_json),
        cmocka_unit_test(values_stay_what_they_are),
        cmocka_unit_test(what_the_module_sets_itself_is_refused),
        cmocka_unit_test(what_alloy_does_not_know_is_refused),
        cmocka_unit_test(what_is_no_json_object_is_refused),
        cmocka_unit_test(a_file_that_cannot_be_opened_is_refused),
    };
    return cmocka_run_group_tests_name("alloy_options", tests, nullptr, nullptr);
}
