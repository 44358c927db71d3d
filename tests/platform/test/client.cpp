#include "client.hpp"

#include "document/strict_json.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <doctest/doctest.h>

#include <array>

namespace ferry::test {
namespace {

Poco::Net::StreamSocket connect(const std::string& url, const std::filesystem::path& authority) {
    const auto begin = url.find("://") + 3;
    const std::string host = url.substr(begin, url.find('/', begin) - begin);
    const Poco::Net::SocketAddress address(host);
    if (!url.starts_with("https:"))
        return Poco::Net::StreamSocket(address);
    Poco::Net::Context::Params params;
    params.caLocation = authority.string();
    params.loadDefaultCAs = false;
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params);
    Poco::Net::SecureStreamSocket socket(address, host.substr(0, host.find(':')), context);
    socket.completeHandshake();
    return socket;
}

std::string target_of(const std::string& url) {
    return url.substr(url.find('/', url.find("://") + 3));
}

void parse_head(std::string_view head, Heard& heard) {
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12)
        return;
    heard.status = std::stoi(std::string(head.substr(9, 3)));
    std::size_t at = head.find("\r\n");
    while (at != std::string_view::npos && at + 2 < head.size()) {
        const std::size_t end = std::min(head.find("\r\n", at + 2), head.size());
        const std::string_view line = head.substr(at + 2, end - at - 2);
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos)
            heard.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        at = end;
    }
}

platform::PlatformSettings rooted(platform::PlatformSettings settings, const TempDir& dir) {
    settings.root = dir.path();
    return settings;
}

} // namespace

const std::string* Heard::find(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (platform::same_without_case(known, name))
            return &value;
    return nullptr;
}

std::string Heard::header(std::string_view name) const {
    return find(name) ? *find(name) : std::string();
}

Json Heard::json() const {
    JsonResult parsed = parse_json(body);
    REQUIRE_MESSAGE(std::holds_alternative<Json>(parsed), "no JSON: " << body);
    return std::get<Json>(parsed);
}

std::string Heard::text(const std::string& key) const {
    const JsonObject::Ptr object = platform::as_object(json());
    return object ? platform::text_of(*object, key).value_or("") : "";
}

std::int64_t Heard::number(const std::string& key) const {
    const JsonObject::Ptr object = platform::as_object(json());
    return object ? platform::integer_of(*object, key).value_or(-1) : -1;
}

Wire::Wire(const std::string& url, const std::filesystem::path& authority) : socket_(connect(url, authority)) {
    socket_.setReceiveTimeout(Poco::Timespan(60, 0));
}

void Wire::send(std::string_view bytes) {
    try {
        while (!bytes.empty()) {
            const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    } catch (const Poco::Net::ConnectionResetException&) {
        reset_ = true; // told once: a read after it sees a mere end
    } catch (const Poco::Net::NetException&) {
        // The other side has closed or reset: hear() tells which, and what it said before.
    } catch (const Poco::IOException&) {
    }
}

bool Wire::fill() {
    std::array<char, 64 * 1024> piece;
    try {
        const int got = socket_.receiveBytes(piece.data(), static_cast<int>(piece.size()));
        if (got > 0)
            buffer_.append(piece.data(), static_cast<std::size_t>(got));
        return got > 0;
    } catch (const Poco::TimeoutException&) {
        FAIL("the platform has not answered in a minute");
        return false;
    } catch (const Poco::Exception&) {
        reset_ = true;
        return false;
    }
}

Heard Wire::hear() {
    Heard heard;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill())
            break;
    if (end == std::string::npos) {
        heard.body = buffer_;
        heard.cut = true;
        heard.reset = reset_;
        return heard;
    }
    parse_head(std::string_view(buffer_).substr(0, end), heard);
    const std::string* length = heard.find("Content-Length");
    const std::size_t wanted = end + 4 + (length ? std::stoul(*length) : 0);
    while (buffer_.size() < wanted && fill()) {
    }
    heard.cut = buffer_.size() < wanted;
    heard.reset = reset_;
    heard.body = buffer_.substr(end + 4, wanted - end - 4);
    buffer_.erase(0, wanted);
    return heard;
}

Heard Client::send(const std::string& url, const std::string& method, const Headers& headers,
                   const std::optional<std::string>& body) const {
    std::string text = method + " " + target_of(url) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    for (const auto& [name, value] : headers)
        text.append(name).append(": ").append(value).append("\r\n");
    if (body)
        text += "Content-Length: " + std::to_string(body->size()) + "\r\n";
    Wire wire(url, authority_);
    wire.send(text + "\r\n" + body.value_or(""));
    return wire.hear();
}

Heard Client::api(const std::string& method, const std::string& path, const std::string& body, Headers extra) const {
    extra.emplace_back("X-SBG-Auth-Token", platform_.token());
    if (!body.empty())
        extra.emplace_back("Content-Type", "application/json");
    return send(platform_.api() + path, method, extra,
                body.empty() && (method == "GET" || method == "DELETE") ? std::nullopt : std::optional(body));
}

Heard Client::put(const SignedUrl& to, const std::string& body, const Headers& extra) const {
    Headers headers = to.headers;
    headers.insert(headers.end(), extra.begin(), extra.end());
    return send(to.url, "PUT", headers, body);
}

std::string Client::init(const std::string& name, std::uint64_t size, std::uint64_t part_size,
                         const std::string& query) const {
    const std::string asked = part_size > 0 ? ",\"part_size\":" + std::to_string(part_size) : "";
    const Heard heard =
        post("/upload/multipart" + query, R"({"project":")" + platform_.project() + R"(","name":)" + quoted(name) +
                                              ",\"size\":" + std::to_string(size) + asked + "}");
    REQUIRE_MESSAGE(heard.status == 200, heard.body);
    return heard.text("upload_id");
}

SignedUrl Client::sign(const std::string& upload, int part) const {
    const Heard heard = get("/upload/multipart/" + upload + "/part/" + std::to_string(part));
    REQUIRE_MESSAGE(heard.status == 200, heard.body);
    CHECK(heard.text("method") == "PUT");
    SignedUrl made{heard.text("url"), {}};
    const JsonObject::Ptr headers = platform::as_object(platform::as_object(heard.json())->get("headers"));
    for (const auto& [name, value] : *headers)
        made.headers.emplace_back(name, *platform::as_text(value));
    return made;
}

std::string Client::put_part(const std::string& upload, int part, const std::string& body) const {
    const Heard heard = put(sign(upload, part), body);
    REQUIRE_MESSAGE(heard.status == 200, heard.body);
    return heard.header("ETag");
}

Heard Client::complete(const std::string& upload, const std::vector<std::string>& etags) const {
    return post("/upload/multipart/" + upload + "/complete", parts_json(etags));
}

Heard Client::upload(const std::string& name, const std::vector<std::string>& parts, const std::string& query) const {
    std::size_t size = 0;
    for (const std::string& part : parts)
        size += part.size();
    const std::string id = init(name, size, parts.empty() ? 0 : parts.front().size(), query);
    std::vector<std::string> etags;
    for (const std::string& part : parts)
        etags.push_back(put_part(id, static_cast<int>(etags.size()) + 1, part));
    return complete(id, etags);
}

std::string quoted(const std::string& text) {
    return to_json(text);
}

std::string part_json(int number, const std::string& etag) {
    return R"({"part_number":)" + std::to_string(number) + R"(,"response":{"headers":{"ETag":)" + quoted(etag) + "}}}";
}

std::string parts_json(const std::vector<std::string>& etags) {
    std::string text;
    int number = 0;
    for (const std::string& etag : etags) {
        text += text.empty() ? "" : ",";
        text += part_json(++number, etag);
    }
    return R"({"parts":[)" + text + "]}";
}

Fixture::Fixture(platform::PlatformSettings settings) : platform(rooted(std::move(settings), dir)) {
    platform.start();
}

std::string Fixture::stored(const std::string& path) const {
    const platform::StoredFile file = platform.stored(platform.project(), path);
    return file ? read_file(file.content) : "none";
}

platform::PlatformSettings small_parts() {
    platform::PlatformSettings settings;
    settings.min_part_size = 1;
    return settings;
}

} // namespace ferry::test
