#include "storage/storage_server.hpp"

#include "fault/fault_answer.hpp"
#include "net/target.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <vector>

namespace ferry::platform {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;

struct StorageError {
    int status;
    std::string code;
    std::string message;
};

[[noreturn]] void no_such_upload() {
    throw StorageError{404, "NoSuchUpload", "The specified upload does not exist. It may have been aborted."};
}

// Reads and drops up to `limit` bytes.
void skip(Exchange& exchange, std::uint64_t limit) {
    std::vector<char> buffer(64 * 1024);
    while (limit > 0) {
        const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(limit, buffer.size()));
        const std::size_t got = exchange.read(std::span(buffer).first(wanted));
        if (got == 0)
            return;
        limit -= got;
    }
}

// Holds back after each piece, so that the body is taken at the set speed.
bool throttle(Exchange& exchange, std::size_t bytes, std::uint64_t bytes_per_second) {
    return exchange.hold(std::chrono::milliseconds(bytes * 1000 / bytes_per_second));
}

std::string etag_of(const std::string& raw_md5, EtagForm form) {
    switch (form) {
    case EtagForm::kms:
        return random_hex(32);
    case EtagForm::opaque:
        return "CJ" + random_hex(10) + "EAE=";
    case EtagForm::md5:
        break;
    }
    return hex(raw_md5);
}

void check_content_md5(const Request& request, const std::string& raw_md5) {
    const std::string* sent = request.find("Content-MD5");
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw_md5.data());
    if (sent && *sent != base64(std::span(bytes, raw_md5.size())))
        throw StorageError{400, "BadDigest", "The Content-MD5 you specified did not match what we received."};
}

// One PUT on an upload that takes only one at a time, for as long as it lives.
class UnderWay {
  public:
    UnderWay(State& state, const std::string& id, bool parallel) : state_(state), id_(id) {
        const std::lock_guard lock(state_.mutex);
        Upload* upload = state_.uploads.find(id_);
        if (!upload || upload->completing)
            no_such_upload();
        if (!parallel && upload->puts_under_way > 0)
            throw StorageError{409, "OperationAborted", "Another part of this upload is under way."};
        ++upload->puts_under_way;
    }
    ~UnderWay() {
        const std::lock_guard lock(state_.mutex);
        if (Upload* upload = state_.uploads.find(id_))
            --upload->puts_under_way;
    }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

  private:
    State& state_;
    std::string id_;
};

std::uint32_t part_number(const Target& target) {
    const std::string* text = find(target.query, "partNumber");
    std::uint32_t number = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

} // namespace

void StorageServer::connected() {
    state_.tally.add([](Counters& counters) { ++counters.storage_connections; });
}

Answer StorageServer::serve(const Request& request, Exchange& exchange) {
    Answer made;
    std::optional<Tally::UnderWay> counted; // until the added latency is over too
    if (request.method == "PUT")
        counted.emplace(state_.tally);
    try {
        if (carries_token(request)) {
            state_.tally.add([](Counters& counters) { ++counters.token_leaks; });
            throw StorageError{400, "InvalidArgument", "Only one auth mechanism allowed; the token is none of it."};
        }
        if (request.method != "PUT")
            throw StorageError{405, "MethodNotAllowed", "The specified method is not allowed here."};
        made = put(request, exchange);
    } catch (const StorageError& error) {
        made = storage_error(error.status, error.code, error.message);
    } catch (const std::exception& error) {
        made = storage_error(500, "InternalError", std::string("The local platform failed: ") + error.what());
    }
    made.set("x-amz-request-id", random_hex(16));
    made.set("Server", "AmazonS3");
    made.set("Date", http_date(state_.clock.now_ms()));
    const auto latency = state_.settings.storage_latency;
    if (latency.count() > 0 && !exchange.hold(latency))
        made.delivery = Delivery::reset;
    return made;
}

bool StorageServer::carries_token(const Request& request) const {
    const std::string& token = state_.settings.token;
    // A short one that a person chose may well be part of something harmless.
    const bool telling = token.size() >= 16;
    const auto leaks = [&](const auto& header) {
        return same_without_case(header.first, "X-SBG-Auth-Token") ||
               same_without_case(header.first, "X-SBG-Session-Id") ||
               same_without_case(header.first, "Authorization") ||
               (telling && header.second.find(token) != std::string::npos);
    };
    return std::ranges::any_of(request.headers, leaks) || (telling && request.target.find(token) != std::string::npos);
}

std::string StorageServer::name_of(const std::string& upload_id) {
    const std::lock_guard lock(state_.mutex);
    const Upload* upload = state_.uploads.find(upload_id);
    return upload ? upload->name : "";
}

Answer StorageServer::put(const Request& request, Exchange& exchange) {
    Put put{request, exchange, {}, 0, {}};
    if (const auto target = split_target(request.target)) {
        const std::string* id = find(target->query, "uploadId");
        put.upload_id = id ? *id : "";
        put.part = part_number(*target);
    }
    put.fault = state_.faults.match({"put", true, put.part, name_of(put.upload_id)});
    Answer made = put.fault ? play(put) : answer(put);
    if (!put.fault)
        return made;
    if (put.faulty(FaultKind::port))
        state_.shut(*put.fault, true);
    if (put.fault->retry_after_date)
        made.set("Retry-After", http_date(state_.clock.now_ms() + put.fault->retry_after_date->count()));
    spoil(made, *put.fault, exchange);
    return made;
}

Answer StorageServer::answer(Put& put) {
    check(put);
    return receive(put);
}

Answer StorageServer::play(Put& put) {
    const Fault& fault = *put.fault;
    switch (fault.kind) {
    case FaultKind::status:
        skip(put.exchange, put.request.content_length.value_or(0));
        return storage_fault_answer(fault);
    case FaultKind::early:
        skip(put.exchange, fault.after_bytes);
        return storage_fault_answer(fault);
    case FaultKind::reset:
        skip(put.exchange, fault.after_bytes);
        return {};
    case FaultKind::garbage:
        skip(put.exchange, put.request.content_length.value_or(0));
        return {};
    case FaultKind::expired_url:
        throw StorageError{403, "AccessDenied", "Request has expired"};
    case FaultKind::vanish: {
        const std::lock_guard lock(state_.mutex);
        const Upload* upload = state_.uploads.find(put.upload_id);
        if (upload && !upload->completing)
            state_.uploads.remove(put.upload_id);
        break;
    }
    case FaultKind::stall:
        if (!fault.performed && fault.after_bytes == 0 && !put.exchange.hold(fault.time))
            throw PeerGone();
        break;
    default:
        break;
    }
    return answer(put);
}

void StorageServer::check(const Put& put) const {
    const Request& request = put.request;
    switch (state_.signer.check(request, state_.settings.demanded_headers, state_.clock.now_ms() / 1000)) {
    case UrlVerdict::unsigned_:
        throw StorageError{403, "AccessDenied", "Access Denied"};
    case UrlVerdict::expired:
        throw StorageError{403, "AccessDenied", "Request has expired"};
    case UrlVerdict::mismatch:
        throw StorageError{403, "SignatureDoesNotMatch",
                           "The request signature we calculated does not match the signature you provided."};
    case UrlVerdict::good:
        break;
    }
    if (request.chunked)
        throw StorageError{501, "NotImplemented", "A header you provided implies functionality not implemented."};
    if (!request.content_length)
        throw StorageError{411, "MissingContentLength", "You must provide the Content-Length HTTP header."};
    if (*request.content_length > state_.settings.max_part_size)
        throw StorageError{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size."};
}

fs::path StorageServer::new_part_path(const Put& put) {
    const std::lock_guard lock(state_.mutex);
    const Upload* upload = state_.uploads.find(put.upload_id);
    if (!upload)
        no_such_upload();
    return state_.uploads.new_part_path(*upload, put.part);
}

Answer StorageServer::receive(Put& put) {
    const UnderWay under_way(state_, put.upload_id, state_.settings.parallel_uploads);
    const fs::path path = new_part_path(put);
    std::error_code gone;
    if (!fs::exists(path.parent_path(), gone))
        no_such_upload();
    NewFile file(path);
    StoredPart part;
    const std::string raw_md5 = take_bytes(put, file, part.size);
    if (!put.faulty(FaultKind::corrupt))
        check_content_md5(put.request, raw_md5);
    part.etag = etag_of(raw_md5, state_.settings.etag);
    Answer made = store(put, file, part);
    return put.faulty(FaultKind::duplicate) ? store_again(put, part, raw_md5) : made;
}

std::string StorageServer::take_bytes(Put& put, NewFile& file, std::uint64_t& size) {
    Md5 md5;
    std::vector<char> buffer(buffer_size);
    bool stalls = put.faulty(FaultKind::stall) && !put.fault->performed && put.fault->after_bytes > 0;
    const bool slow = put.faulty(FaultKind::slow_read);
    if (slow)
        buffer.resize(
            static_cast<std::size_t>(std::clamp<std::uint64_t>(put.fault->bytes_per_second / 20, 1, buffer_size)));
    while (const std::size_t got = put.exchange.read(buffer)) {
        if (put.faulty(FaultKind::corrupt) && size == 0)
            buffer[0] = static_cast<char>(buffer[0] ^ 1);
        const std::span<const char> piece = std::span(buffer).first(got);
        if (state_.settings.etag == EtagForm::md5 || put.request.find("Content-MD5"))
            md5.update(piece);
        file.write(piece);
        size += got;
        if (slow && !throttle(put.exchange, got, put.fault->bytes_per_second))
            throw PeerGone();
        if (stalls && size >= put.fault->after_bytes) {
            stalls = false;
            if (!put.exchange.hold(put.fault->time))
                throw PeerGone();
        }
    }
    return md5.finish_raw();
}

// As if the request had come a second time.
Answer StorageServer::store_again(Put& put, StoredPart part, const std::string& raw_md5) {
    fs::path stored;
    {
        const std::lock_guard lock(state_.mutex);
        const Upload* upload = state_.uploads.find(put.upload_id);
        if (!upload || upload->completing)
            no_such_upload();
        stored = state_.uploads.part_path(*upload, put.part);
    }
    NewFile file(new_part_path(put));
    file.append_file(stored);
    part.etag = etag_of(raw_md5, state_.settings.etag);
    return store(put, file, part);
}

Answer StorageServer::store(Put& put, NewFile& file, const StoredPart& part) {
    {
        const std::lock_guard lock(state_.mutex);
        Upload* upload = state_.uploads.find(put.upload_id);
        if (!upload || upload->completing)
            no_such_upload();
        state_.uploads.store(*upload, put.part, part, file);
    }
    state_.tally.add([&](Counters& counters) {
        ++counters.stored_parts;
        counters.stored_bytes += part.size;
    });
    Answer made;
    std::string etag = part.etag;
    if (put.faulty(FaultKind::wrong_etag))
        etag = md5_hex(etag);
    if (put.faulty(FaultKind::truncated_etag))
        etag.resize(etag.size() / 2);
    if (!put.faulty(FaultKind::missing_etag))
        made.set("ETag", "\"" + etag + "\"");
    if (state_.settings.etag == EtagForm::kms)
        made.set("x-amz-server-side-encryption", "aws:kms");
    return made;
}

} // namespace ferry::platform
