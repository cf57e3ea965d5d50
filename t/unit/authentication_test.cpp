#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "authentication/file_content.hpp"
#include "authentication/key_ring.hpp"
#include "authentication/public_key.hpp"
#include "authentication/signatures.hpp"
#include "authentication/token_list.hpp"
#include "expect.hpp"

namespace {

using namespace aep::authentication;
using aep::test::expect_part;
using aep::test::expect_text;

// ---- tokens ----

TokenList tokens(std::string_view text) {
    auto list = TokenList::parse(text);
    if (const auto* error = std::get_if<TokenList::Error>(&list)) {
        fail_msg("%s", error->text.c_str());
    }
    return std::get<TokenList>(std::move(list));
}

void each_line_of_the_file_is_a_token(void**) {
    const TokenList list =
        tokens("# for the shop's cron job\nfirst-token-of-the-shop\r\n\n  second.token_of~the+shop== \n");
    assert_true(list.holds("first-token-of-the-shop"));
    assert_true(list.holds("second.token_of~the+shop=="));
    assert_false(list.has_short_ones());
    assert_true(tokens("guess-me").has_short_ones());
}

void nothing_but_a_whole_token_opens(void**) {
    const TokenList list = tokens("first-token-of-the-shop\n");
    for (const std::string_view wrong :
         {"", "first-token-of-the-sho", "first-token-of-the-shopp", "FIRST-TOKEN-OF-THE-SHOP",
          "first-token-of-the-shop ", "first-token-of-the-shop\n", "# for the shop's cron job"}) {
        assert_false(list.holds(wrong));
    }
}

void what_is_no_token_is_an_error_that_does_not_tell_it(void**) {
    const auto error = [](std::string_view text) {
        return std::get<TokenList::Error>(TokenList::parse(text)).text;
    };
    expect_text(error(""), "holds no token: expected one a line");
    expect_text(error("# nothing\n\n"), "holds no token: expected one a line");
    expect_part(error("good-token-of-the-shop\nbad token"), "line 2");
    assert_true(error("secret\"quoted\"").find("secret") == std::string::npos);
    expect_part(error("=="), "line 1");
    expect_part(error(std::string(TokenList::kLongest + 1, 'a')), "line 1");
}

void a_bearer_token_is_what_follows_the_scheme(void**) {
    expect_text(bearer_token("Bearer abc"), "abc");
    expect_text(bearer_token("bearer   abc "), "abc");
    expect_text(bearer_token("Basic abc"), "");
    expect_text(bearer_token("Bearer"), "");
    expect_text(bearer_token("Bearerabc"), "");
    expect_text(bearer_token(""), "");
}

// ---- keys and signatures ----

struct KeyPair {
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

    explicit KeyPair(unsigned bits = 2048) : key(EVP_RSA_gen(bits), &EVP_PKEY_free) {}

    [[nodiscard]] std::string pem() const {
        BIO* memory = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(memory, key.get());
        char* data = nullptr;
        const auto size = static_cast<std::size_t>(BIO_get_mem_data(memory, &data));
        std::string text(data, size);
        BIO_free(memory);
        return text;
    }

    [[nodiscard]] std::string sign(std::string_view message) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        std::string signature(512, '\0');
        std::size_t size = signature.size();
        const int good =
            EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get()) == 1
                ? EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                                 reinterpret_cast<const unsigned char*>(message.data()), message.size())
                : 0;
        EVP_MD_CTX_free(context);
        assert_int_equal(good, 1);
        signature.resize(size);
        return encode_base64(signature);
    }

    Key key;
};

const KeyPair& shop() {
    static const KeyPair pair;
    return pair;
}

const KeyPair& stranger() {
    static const KeyPair pair;
    return pair;
}

PublicKey key_of(const KeyPair& pair) {
    return std::get<PublicKey>(PublicKey::from_pem(pair.pem()));
}

constexpr std::string_view kBody = R"({"order":{"increment_id":"000000042","note":"M\u00fcnchen \/ Praha"}})";

void base64_is_read_and_written(void**) {
    for (const std::string_view text : {"a", "ab", "abc", "abcd", "\x00\xff\x10"}) {
        expect_text(decode_base64(encode_base64(text)), text);
    }
    expect_text(encode_base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
    expect_text(decode_base64("YW55"), "any");
    for (const std::string_view wrong : {"", "YW5", "YW5*", "====", "Y===", "YW=5"}) {
        assert_true(decode_base64(wrong).size() <= 2);  // whatever it is, it is no signature
    }
}

void commerce_signs_the_base64_text_of_the_raw_body(void**) {
    const PublicKey key = key_of(shop());
    assert_true(is_signed_by_commerce(key, kBody, shop().sign(encode_base64(kBody))));
    assert_true(is_signed_by_commerce(key, kBody, " " + shop().sign(encode_base64(kBody)) + "\r\n"));
}

void a_signature_of_the_raw_body_itself_counts_as_well(void**) {
    assert_true(is_signed_by_commerce(key_of(shop()), kBody, shop().sign(kBody)));
}

void a_signature_over_something_else_is_none(void**) {
    const PublicKey key = key_of(shop());
    const std::string signature = shop().sign(encode_base64(kBody));
    std::string changed(kBody);
    changed[changed.size() / 2] ^= 1;
    assert_false(is_signed_by_commerce(key, changed, signature));
    assert_false(is_signed_by_commerce(key, std::string(kBody) + "\n", signature));
    assert_false(is_signed_by_commerce(key, kBody, stranger().sign(encode_base64(kBody))));
    assert_false(is_signed_by_commerce(key, kBody, signature.substr(4)));
    assert_false(is_signed_by_commerce(key, kBody, ""));
    assert_false(is_signed_by_commerce(key, kBody, "not Base64"));
}

void a_body_written_anew_is_another_body(void**) {
    // As JSON the two are the same.
    constexpr std::string_view kAnew = R"({"order":{"increment_id":"000000042","note":"München / Praha"}})";
    assert_false(is_signed_by_commerce(key_of(shop()), kAnew, shop().sign(encode_base64(kBody))));
}

void what_is_no_public_key_is_an_error(void**) {
    const auto error = [](std::string_view pem) {
        return std::get<PublicKey::Error>(PublicKey::from_pem(pem)).text;
    };
    expect_part(error(""), "holds no public key");
    expect_part(error("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), "holds no public key");
    expect_part(error(KeyPair(1024).pem()), "2048 bits");
}

// ---- files ----

struct Directory {
    Directory() {
        std::string name = std::filesystem::temp_directory_path() / "aep-keys-XXXXXX";
        path = mkdtemp(name.data());
    }
    ~Directory() { std::filesystem::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    [[nodiscard]] std::string add(const std::string& name, std::string_view content) const {
        std::string file = path + "/" + name;
        std::ofstream(file) << content;
        chmod(file.c_str(), S_IRUSR | S_IWUSR);
        return file;
    }

    std::string path;
};

void one_of_two_signatures_of_io_events_is_enough(void**) {
    const Directory directory;
    (void)directory.add("pub-key-1.pem", stranger().pem());
    (void)directory.add("pub-key-2.pem", shop().pem());
    (void)directory.add("README", "no key");
    const KeyRing keys = std::get<KeyRing>(KeyRing::read(directory.path));
    const std::string signature = shop().sign(kBody);
    const auto is_signed = [&](const EventSignatures& signatures) {
        return is_signed_by_io_events(keys, kBody, signatures);
    };
    assert_true(is_signed(
        {.first = signature, .first_path = "/prod/keys/pub-key-2.pem", .second = {}, .second_path = {}}));
    assert_true(is_signed(
        {.first = "AAAA", .first_path = {}, .second = signature, .second_path = "/prod/keys/pub-key-2.pem"}));
    assert_true(is_signed({.first = signature,
                           .first_path = "/prod/keys/pub-key-of-tomorrow.pem",
                           .second = {},
                           .second_path = {}}));
    assert_false(is_signed(
        {.first = signature, .first_path = "/prod/keys/pub-key-1.pem", .second = {}, .second_path = {}}));
    assert_false(is_signed({}));
    assert_false(
        is_signed({.first = KeyPair().sign(kBody), .first_path = {}, .second = {}, .second_path = {}}));
}

void a_directory_without_good_keys_is_an_error(void**) {
    const auto error = [](const std::string& path) {
        return std::get<KeyRing::Error>(KeyRing::read(path)).text;
    };
    const Directory directory;
    expect_part(error(directory.path + "/absent"), "cannot be read");
    expect_part(error(directory.path), "holds no file that ends in");
    (void)directory.add("wrong.pem", "no key");
    expect_part(error(directory.path), "\"wrong.pem\" that holds no public key");
}

void a_secret_that_others_can_read_is_refused(void**) {
    const Directory directory;
    const std::string file = directory.add("tokens", "content");
    expect_text(read_file(file, Privacy::secret).text, "content");
    chmod(file.c_str(), S_IRUSR | S_IWUSR | S_IROTH);
    expect_part(read_file(file, Privacy::secret).error, "chmod o=");
    expect_text(read_file(file).text, "content");
    expect_part(read_file(directory.path).error, "is not a regular file");
    expect_part(read_file(directory.path + "/absent").error, "cannot be read");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_line_of_the_file_is_a_token),
        cmocka_unit_test(nothing_but_a_whole_token_opens),
        cmocka_unit_test(what_is_no_token_is_an_error_that_does_not_tell_it),
        cmocka_unit_test(a_bearer_token_is_what_follows_the_scheme),
        cmocka_unit_test(base64_is_read_and_written),
        cmocka_unit_test(commerce_signs_the_base64_text_of_the_raw_body),
        cmocka_unit_test(a_signature_of_the_raw_body_itself_counts_as_well),
        cmocka_unit_test(a_signature_over_something_else_is_none),
        cmocka_unit_test(a_body_written_anew_is_another_body),
        cmocka_unit_test(what_is_no_public_key_is_an_error),
        cmocka_unit_test(one_of_two_signatures_of_io_events_is_enough),
        cmocka_unit_test(a_directory_without_good_keys_is_an_error),
        cmocka_unit_test(a_secret_that_others_can_read_is_refused),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
