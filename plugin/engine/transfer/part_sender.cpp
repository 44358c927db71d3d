#include "transfer/part_sender.hpp"

#include "document/text.hpp"
#include "retry/retry_after.hpp"

#include <Poco/String.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace ferry {
namespace {

// Not expired, then.
constexpr const char* fresh_refused = "; storage refuses fresh URLs, too: look for a proxy in between that changes "
                                      "requests, else ask the platform's support";
constexpr Duration url_fresh{60'000}; // one that had to wait for longer is asked for again

// Passes a part on, hashes what passes, so that the bytes hashed are the bytes sent, and keeps to the bandwidth.
class PartSource final : public BodySource {
  public:
    // `hasher`: null if nothing is to be hashed.
    PartSource(PartReader& reader, PartHasher* hasher, BandwidthLimit& bandwidth, StoragePassage& passage,
               CancelToken& cancel)
        : reader_(reader)
        , bandwidth_(bandwidth)
        , passage_(passage)
        , cancel_(cancel) {
        if (hasher)
            hash_.emplace(*hasher, passage.buffer(), reader.size());
        else
            reader.use(passage.buffer().first(std::min(passage.buffer().size(), bandwidth.piece())));
    }

    std::uint64_t size() const override { return reader_.size(); }
    std::uint64_t passed() const { return passed_; }

    // Of all bytes passed, if they are hashed.
    std::optional<Md5> md5() { return hash_ ? std::optional(hash_->finish()) : std::nullopt; }

    Result<std::span<const std::byte>> read() override {
        if (hash_)
            reader_.use(hash_->room(bandwidth_.piece()));
        auto piece = reader_.read();
        if (!piece.ok())
            return piece;
        if (!bandwidth_.take(piece->size(), cancel_))
            return Error{ErrorKind::cancelled, "stopped"};
        passage_.sent(passed_); // before this piece, which is only about to go
        passed_ += piece->size();
        if (hash_)
            hash_->put(piece->size());
        return piece;
    }

    Status rewind() override {
        passed_ = 0;
        if (hash_)
            hash_->restart();
        return reader_.rewind();
    }

    std::optional<FileSlice> rest() const override {
        return hash_ || bandwidth_.limits() ? std::nullopt : reader_.rest();
    }
    void sent_from_file(std::uint64_t bytes) override {
        reader_.sent_from_file(bytes);
        passed_ += bytes;
        passage_.sent(passed_);
    }

  private:
    PartReader& reader_;
    BandwidthLimit& bandwidth_;
    StoragePassage& passage_;
    CancelToken& cancel_;
    std::uint64_t passed_ = 0;
    std::optional<PartHash> hash_; // its ring is the passage's buffer
};

// S3 answers 32 hex digits that are no MD5 for parts encrypted with a key service's or the caller's key.
bool encrypted_by_key(const HttpResponse& response) {
    const auto scheme = response.headers.find("x-amz-server-side-encryption");
    return (scheme && Poco::icompare(std::string(scheme->substr(0, 7)), "aws:kms") == 0) ||
           response.headers.find("x-amz-server-side-encryption-customer-algorithm").has_value();
}

std::string title(const PartJob& job) {
    return printable(job.name) + ": part " + std::to_string(job.number) + " of " + std::to_string(job.count);
}

ErrorKind kind_of(Operation operation, const HttpOutcome& outcome, Verdict verdict) {
    if (verdict == Verdict::auth)
        return ErrorKind::auth;
    if (verdict == Verdict::rights)
        return ErrorKind::rights;
    if (verdict == Verdict::vanished)
        return ErrorKind::not_found;
    const auto* failure = std::get_if<HttpFailure>(&outcome);
    if (failure && failure->kind != FailureKind::invalid_answer)
        return ErrorKind::network;
    return operation == Operation::sign ? ErrorKind::platform : ErrorKind::storage;
}

bool worth_another_try(Verdict verdict) {
    switch (verdict) {
    case Verdict::transient:
    case Verdict::throttled:
    case Verdict::maintenance:
    case Verdict::url_expired:
    case Verdict::lost: // repeating a part is harmless
    case Verdict::no_answer:
        return true;
    default:
        return false;
    }
}

PartFailure cancelled(const PartJob& job) {
    return {{ErrorKind::cancelled, title(job) + " was not sent: stopped"}};
}

} // namespace

std::string bare_etag(std::string_view value) {
    if (value.starts_with("W/") || value.starts_with("w/"))
        value.remove_prefix(2);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return std::string(value);
}

bool looks_like_md5(std::string_view etag) {
    return etag.size() == 32 &&
           std::all_of(etag.begin(), etag.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

PartSender::PartSender(SenderContext& context, PlatformApi& api, HttpTransport& transport, CancelToken& cancel)
    : context_(context)
    , api_(api)
    , transport_(transport)
    , cancel_(cancel) {}

PartOutcome PartSender::send(const PartJob& job, const OnRetry& on_retry, const OnStored& on_stored) {
    if (const Status allowed = hashing() ? md5_allowed() : Status(); !allowed)
        return PartFailure{allowed.error()};
    auto reader = PartReader::open(job.path, job.identity, job.range);
    if (!reader.ok())
        return PartFailure{reader.error()};
    RetryState retry(context_.api.retry, context_.api.clock, context_.api.random);
    std::string last = "no server could be reached";
    for (;;) {
        const Instant until = retry.give_up_at();
        if (!context_.api.line.enter(until, cancel_) || !context_.storage_line.enter(until, cancel_)) {
            if (cancel_.cancelled())
                return cancelled(job);
            return PartFailure{{ErrorKind::network, title(job) + " was given up, the line stayed dead: " + last}};
        }
        Attempt attempt = try_once(job, *reader, retry, on_stored);
        if (attempt.verdict == Verdict::success)
            return std::move(attempt.sent);
        if (attempt.verdict == Verdict::cancelled || cancel_.cancelled())
            return cancelled(job);
        last = attempt.reason;
        if (!worth_another_try(attempt.verdict))
            return PartFailure{{attempt.kind, title(job) + " cannot be sent: " + last},
                               attempt.verdict == Verdict::vanished};
        const std::optional<Duration> wait = retry.failed(attempt.verdict, attempt.told);
        if (!wait)
            return PartFailure{{attempt.kind, title(job) + " was given up, " + retry.reason() + ": " + last +
                                                  (attempt.verdict == Verdict::url_expired ? fresh_refused : "")}};
        if (on_retry)
            on_retry({job.number, retry.attempts(),
                      std::max({*wait, context_.storage_line.next_try_in(), context_.api.line.next_try_in()}), last});
        if (!context_.api.clock.wait_for(*wait, cancel_))
            return cancelled(job);
    }
}

// The first try asks for its URL while others still send. A further one has its place first: nothing then waits between
// signing and sending, so that no URL can have got old.
PartSender::Attempt PartSender::try_once(const PartJob& job, PartReader& reader, RetryState& retry,
                                         const OnStored& on_stored) {
    const Attempt stopped{.verdict = Verdict::cancelled, .kind = ErrorKind::cancelled, .reason = "stopped"};
    const Clock& clock = context_.api.clock;
    const Instant start = clock.now();
    const bool place_first = retry.attempts() > 0;
    StoragePassage passage(context_.storage, cancel_);
    if (place_first && !passage.enter(cancel_))
        return stopped;
    retry.excuse(clock.now() - start);
    SignedPart signed_part;
    if (Attempt failed = sign(job, signed_part, retry); failed.verdict != Verdict::success)
        return failed;
    const Instant ready = clock.now();
    if (!place_first && !passage.enter(cancel_))
        return stopped;
    // Its `expires` is not looked at: contract 4.3 says that neither it nor the clocks are to be trusted.
    if (clock.now() - ready > url_fresh)
        if (Attempt failed = sign(job, signed_part, retry); failed.verdict != Verdict::success)
            return failed;
    Attempt attempt = put(job, signed_part, reader, passage);
    if (attempt.verdict == Verdict::success)
        on_stored(attempt.sent);
    return attempt;
}

PartSender::Attempt PartSender::sign(const PartJob& job, SignedPart& signed_part, RetryState& retry) {
    HttpOutcome outcome;
    const Verdict verdict = api_.sign_once(job.upload_id, job.number, signed_part, outcome);
    retry.excuse(api_.paused());
    if (verdict == Verdict::success)
        return {};
    Attempt attempt{.verdict = verdict,
                    .kind = kind_of(Operation::sign, outcome, verdict),
                    .reason = "no URL for it: " + describe(Operation::sign, outcome, context_.api.base.host_header()) +
                              api_.advice(verdict, outcome)};
    if (const auto* response = std::get_if<HttpResponse>(&outcome))
        attempt.told = retry_after(*response, context_.api.clock.wall());
    return attempt;
}

PartSender::Attempt PartSender::put(const PartJob& job, const SignedPart& signed_part, PartReader& reader,
                                    StoragePassage& passage) {
    if (const Status back = reader.rewind(); !back)
        return {.verdict = Verdict::permanent, .kind = back.error().kind, .reason = back.error().message};
    PartSource source(reader, hashing() ? &context_.hasher : nullptr, context_.bandwidth, passage, cancel_);
    HttpRequest request;
    request.method = signed_part.method;
    request.url = signed_part.url;
    request.headers = signed_part.headers; // exactly these: they are part of what was signed
    request.source = &source;
    request.timeouts = context_.api.timeouts;
    request.repeatable = true; // a part put twice replaces itself
    passage.begin(job.range.size);
    const Instant start = context_.api.clock.now();
    const HttpOutcome outcome = transport_.send(request, cancel_);
    log_put(job, signed_part, outcome, context_.api.clock.now() - start);
    context_.storage_line.note(outcome);
    if (const auto* response = std::get_if<HttpResponse>(&outcome)) {
        const auto& good = signed_part.success_codes;
        if (std::find(good.begin(), good.end(), response->status) != good.end())
            return check_answer(job, signed_part, *response, {source.passed(), source.md5()}, passage);
    }
    if (!reader.failure().ok()) // the source's own trouble, whatever the transport made of it
        return {.verdict = Verdict::permanent,
                .kind = reader.failure().error().kind,
                .reason = reader.failure().error().message};
    const Verdict verdict = classify(Operation::put_part, outcome);
    if (asks_for_less(outcome))
        passage.slow_down(describe(Operation::put_part, outcome, signed_part.url.host_header()));
    Attempt attempt{.verdict = verdict == Verdict::success ? Verdict::transient : verdict,
                    .kind = kind_of(Operation::put_part, outcome, verdict),
                    .reason =
                        describe(Operation::put_part, outcome, signed_part.url.host_header()) + for_support(outcome)};
    if (const auto* response = std::get_if<HttpResponse>(&outcome))
        attempt.told = retry_after(*response, context_.api.clock.wall());
    return attempt;
}

void PartSender::log_put(const PartJob& job, const SignedPart& signed_part, const HttpOutcome& outcome, Duration took) {
    Log& log = context_.api.log;
    if (!log.wants(LogLevel::debug))
        return;
    log.debug(signed_part.method + " " + title(job) + " to " + signed_part.url.host_header() + ": " +
              ending_text(outcome, took));
}

PartSender::Attempt PartSender::check_answer(const PartJob& job, const SignedPart& signed_part,
                                             const HttpResponse& response, const Passed& passed,
                                             StoragePassage& passage) {
    const std::string storage = "storage at " + signed_part.url.host_header();
    const auto bad = [](std::string reason) {
        return Attempt{.verdict = Verdict::transient, .kind = ErrorKind::storage, .reason = std::move(reason)};
    };
    if (passed.bytes != job.range.size)
        return bad(storage + " answered success after " + std::to_string(passed.bytes) + " of " +
                   std::to_string(job.range.size) + " bytes");
    Attempt attempt;
    attempt.sent.report.number = job.number;
    attempt.sent.md5 = passed.md5;
    for (const std::string& name : signed_part.report_headers) {
        const auto value = response.headers.find(name);
        const bool etag = same_header_name(name, "etag");
        const std::string text = !value ? "" : etag ? bare_etag(*value) : std::string(*value);
        if (!value || (etag && text.empty()))
            return bad(storage + " answered without the header " + printable(name, 64) +
                       ", which the platform asks for");
        attempt.sent.report.headers.push_back({name, text});
    }
    if (std::string wrong = check_etag(job, response, attempt.sent); !wrong.empty())
        return bad(storage + " " + wrong);
    passage.stored();
    return attempt;
}

// Empty if the ETag is right or says nothing; else what is wrong with it.
std::string PartSender::check_etag(const PartJob& job, const HttpResponse& response, SentPart& sent) {
    if (!sent.md5)
        return {};
    const std::string etag = bare_etag(response.headers.find("ETag").value_or(""));
    if (!looks_like_md5(etag) || encrypted_by_key(response)) {
        if (!context_.told_unverifiable.exchange(true))
            context_.api.log.warn(title(job) + ": the storage's ETag is no MD5, so the parts' bytes cannot be compared;"
                                               " only the file's size will be");
        return {};
    }
    const std::string expected = to_hex(*sent.md5);
    if (Poco::icompare(etag, expected) != 0)
        return "kept other bytes than were sent: its MD5 is " + etag + ", ours " + expected;
    sent.verified = true;
    return {};
}

} // namespace ferry
