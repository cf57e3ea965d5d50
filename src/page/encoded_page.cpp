#include "page/encoded_page.hpp"

#include <algorithm>
#include <cstring>

namespace aep::page {
namespace {

constexpr std::size_t kPiece = 16384;  ///< decoded at once

}  // namespace

EncodedPage::EncodedPage(compression::Coding coding, bool charset_known, html::HeadEndFinder* end,
                         compression::BlockCache& cache)
    : cache_(cache),
      decoder_(compression::Decoder::create(coding, cache)),
      finder_(charset_known, end),
      coding_(coding) {}

EncodedPage::Search EncodedPage::search(std::string_view& in) {
    if (!decoder_) {
        return Search::wrong;
    }
    // Little at a time: most pages are decided in their first kilobyte.
    constexpr std::size_t kLook = 2048;
    do {
        const std::size_t before = plain_.size();
        plain_.resize(before + kLook);
        compression::Stream stream{in, plain_.data() + before, kLook};
        const compression::Decoder::Result result = run_decoder(stream);
        in = stream.in;
        plain_.resize(plain_.size() - stream.room);
        has_more_ = stream.room == 0;
        has_ended_ = result == compression::Decoder::Result::end;
        const html::Verdict verdict = finder_.feed(std::string_view(plain_).substr(before));
        if (result == compression::Decoder::Result::wrong) {
            return Search::wrong;
        }
        if (has_ended_) {
            in = {};  // what follows the coded data is no part of the page
        }
        if (verdict != html::Verdict::searching || finder_.is_certain()) {
            return on_verdict(verdict);
        }
    } while (!in.empty() || has_more_);
    return Search::searching;
}

/// Counts what goes in and out.
compression::Decoder::Result EncodedPage::run_decoder(compression::Stream& stream) noexcept {
    const std::size_t in_size = stream.in.size();
    const std::size_t room = stream.room;
    const compression::Decoder::Result result = decoder_->step(stream);
    size_read_ += in_size - stream.in.size();
    size_decoded_ += room - stream.room;
    return result;
}

EncodedPage::Search EncodedPage::finish_search() {
    if (!has_ended_) {
        return Search::wrong;  // cut short
    }
    return on_verdict(finder_.finish());
}

EncodedPage::Search EncodedPage::on_verdict(html::Verdict verdict) noexcept {
    return verdict == html::Verdict::found || finder_.is_certain() ? Search::found : Search::not_found;
}

bool EncodedPage::start(std::string_view tag, bool encode) {
    tag_ = tag;
    if (finder_.verdict() == html::Verdict::found && !insert_tag()) {
        return false;
    }
    if (encode) {
        encoder_ = compression::Encoder::create(coding_, cache_);
    }
    return !encode || encoder_ != nullptr;
}

bool EncodedPage::insert_tag() noexcept {
    try {
        plain_.insert(static_cast<std::size_t>(finder_.position() - plain_begin_), tag_);
    } catch (...) {
        return false;
    }
    return true;
}

/// Looks for the end of <head> in what was decoded last; without any, the page has ended.
bool EncodedPage::look_for_end(std::string_view bytes) noexcept {
    if (finder_.verdict() != html::Verdict::searching) {
        return true;
    }
    const html::Verdict verdict = bytes.empty() ? finder_.finish() : finder_.feed(bytes);
    return verdict != html::Verdict::found || insert_tag();
}

/// How much of what is decoded may leave.
std::size_t EncodedPage::ready() const noexcept {
    const bool is_all = is_broken_ || finder_.verdict() != html::Verdict::searching;
    return is_all ? plain_.size() : static_cast<std::size_t>(finder_.settled() - plain_begin_);
}

/// Moves decoded bytes on. False when the encoder fails.
bool EncodedPage::write(compression::Stream& stream) noexcept {
    const std::size_t end = ready();
    const std::string_view plain = std::string_view(plain_).substr(written_, end - written_);
    if (encoder_) {
        compression::Stream part{plain, stream.out, stream.room};
        const bool good =
            encoder_->step(part, compression::Encoder::Flush::none) != compression::Encoder::Result::failed;
        stream.out = part.out;
        stream.room = part.room;
        written_ = end - part.in.size();
        return good;
    }
    const std::size_t size = std::min(plain.size(), stream.room);
    std::memcpy(stream.out, plain.data(), size);
    stream.out += size;
    stream.room -= size;
    written_ += size;
    return true;
}

/// Refills the decoded bytes, of which all that may leave have left. False when the input is wrong, or a bomb.
bool EncodedPage::decode(compression::Stream& stream) noexcept {
    // resize() allocates the first time only: its capacity stays.
    const std::size_t left = plain_.size() - written_;
    try {
        plain_.erase(0, written_);
        plain_.resize(left + kPiece);
    } catch (...) {
        return false;
    }
    compression::Stream part{stream.in, plain_.data() + left, kPiece};
    const compression::Decoder::Result result = run_decoder(part);
    stream.in = part.in;
    plain_.resize(plain_.size() - part.room);
    plain_begin_ += written_;
    written_ = 0;
    has_more_ = part.room == 0;
    has_ended_ = result == compression::Decoder::Result::end;
    if (has_ended_) {
        stream.in = {};  // what follows the coded data is no part of the page
    }
    is_bomb_ = size_decoded_ > kBombSize && size_decoded_ / kBombRatio > size_read_;
    const bool has_room = plain_.size() == left || look_for_end(std::string_view(plain_).substr(left));
    return has_room && result != compression::Decoder::Result::wrong && !is_bomb_;
}

EncodedPage::Progress EncodedPage::step(compression::Stream& stream,
                                        compression::Encoder::Flush flush) noexcept {
    for (;;) {
        if (written_ < ready()) {
            if (!write(stream)) {
                return Progress::failed;
            }
            if (written_ < ready() || stream.room == 0) {
                return Progress::room;
            }
        }
        if (!is_broken_ && (has_more_ || !stream.in.empty())) {
            if (size_decoded_ - paused_at_ >= kTurn) {
                paused_at_ = size_decoded_;
                return Progress::pause;
            }
            is_broken_ = !decode(stream);
            continue;
        }
        const bool is_last = flush == compression::Encoder::Flush::finish;
        // Cut short: the client gets what there is, but must not take it for complete.
        is_broken_ = is_broken_ || (is_last && !has_ended_) || (is_last && !look_for_end({}));
        if (written_ < ready()) {
            continue;
        }
        if (encoder_ && (is_broken_ || flush != compression::Encoder::Flush::none)) {
            compression::Stream part{{}, stream.out, stream.room};
            const compression::Encoder::Result result =
                encoder_->step(part, is_broken_ ? compression::Encoder::Flush::sync : flush);
            stream.out = part.out;
            stream.room = part.room;
            if (result != compression::Encoder::Result::done) {
                return result == compression::Encoder::Result::room ? Progress::room : Progress::failed;
            }
        }
        if (is_broken_) {
            return Progress::failed;
        }
        return is_last ? Progress::end : Progress::input;
    }
}

}  // namespace aep::page
