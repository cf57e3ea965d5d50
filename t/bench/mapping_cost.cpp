// Measures what the back office itself does to a document: it is parsed, mapped, and a signature over it checked.

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include "authentication/public_key.hpp"
#include "authentication/signatures.hpp"
#include "authentication/token_list.hpp"
#include "backoffice/mapping/document_mapping.hpp"

namespace {

using namespace aep;

template <typename Work>
void measure(const char* what, int turns, Work&& work) {
    const std::clock_t begin = std::clock();
    for (int turn = 0; turn < turns; ++turn) {
        if (!work()) {
            std::fprintf(stderr, "%s: this does not work\n", what);
            std::exit(1);
        }
    }
    const double used = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("  %-44s %9.1f us\n", what, used / turns * 1e6);
}

/// A key pair; the private one is used here alone.
struct KeyPair {
    EVP_PKEY* key = EVP_RSA_gen(2048);

    [[nodiscard]] authentication::PublicKey public_key() const {
        BIO* memory = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(memory, key);
        char* data = nullptr;
        const auto size = static_cast<std::size_t>(BIO_get_mem_data(memory, &data));
        auto made = authentication::PublicKey::from_pem(std::string_view(data, size));
        BIO_free(memory);
        return std::get<authentication::PublicKey>(std::move(made));
    }

    [[nodiscard]] std::string sign(std::string_view message) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        std::string signature(512, '\0');
        std::size_t size = signature.size();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(message.data()), message.size());
        EVP_MD_CTX_free(context);
        signature.resize(size);
        return authentication::encode_base64(signature);
    }
};

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("expected a file with a document\n", stderr);
        return 1;
    }
    std::ifstream file(arguments[1]);
    const std::string document{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    constexpr int kTurns = 10'000;
    backoffice::mapping::Settings settings;
    settings.environment = "6f1c2a94-0b7d-4e58-9a3e-5d20c7b1f846";
    measure("parsing by jansson", kTurns, [&] {
        json_t* tree = json_loadb(document.data(), document.size(), JSON_REJECT_DUPLICATES, nullptr);
        const bool is_good = tree != nullptr;
        json_decref(tree);
        return is_good;
    });
    measure("parsing and mapping", kTurns, [&] {
        const auto mapped =
            backoffice::mapping::map_documents(document, settings, {.event = {}, .now = 1'780'000'000});
        return mapped.outcomes.front().kind == backoffice::mapping::Outcome::Kind::mapped;
    });
    const auto list = std::get<authentication::TokenList>(
        authentication::TokenList::parse("token-of-the-shops-own-backend"));
    measure("a token", kTurns, [&] { return list.holds("token-of-the-shops-own-backend"); });
    const KeyPair pair;
    const authentication::PublicKey key = pair.public_key();
    const std::string signature = pair.sign(authentication::encode_base64(document));
    measure("a signature", kTurns, [&] { return is_signed_by_commerce(key, document, signature); });
    return 0;
}
