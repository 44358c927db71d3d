#include "http/exchange.hpp"

#include <algorithm>

namespace ferry {

namespace {

// RFC 9110's tchar
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_value(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

bool sends_length(const HttpRequest& request) {
    return request.source || !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
           request.method == "PATCH";
}

Error refused(const HttpRequest& request, const std::string& why) {
    return {ErrorKind::invalid, "a request to " + peer_name(request.url) + " cannot be sent: " + why};
}

Status check(const HttpRequest& request, const std::string& length) {
    if (!is_token(request.method))
        return refused(request, "its method is not a word");
    for (const HttpHeader& header : request.headers.list()) {
        if (!is_token(header.name))
            return refused(request, "a header name holds characters that it cannot have");
        if (!is_value(header.value))
            return refused(request, "the value of header " + header.name + " holds control bytes");
        if (same_header_name(header.name, "Transfer-Encoding"))
            return refused(request, "a Transfer-Encoding header is asked for, but bodies are sent with their length");
        if (same_header_name(header.name, "Content-Length") && header.value != length)
            return refused(request, "the Content-Length asked for is not the body's");
    }
    return {};
}

void add(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

Result<std::string> request_head(const HttpRequest& request, const std::optional<Proxy>& http_proxy) {
    const std::uint64_t size = request.source ? request.source->size() : request.body.size();
    const std::string length = sends_length(request) ? std::to_string(size) : std::string();
    if (const Status ok = check(request, length); !ok)
        return ok.error();
    const HttpHeaders& given = request.headers;
    std::string head = request.method + " ";
    if (http_proxy)
        head += "http://" + request.url.host_header();
    head.append(request.url.target).append(" HTTP/1.1\r\n");
    if (!given.find("Host"))
        add(head, "Host", request.url.host_header());
    for (const HttpHeader& header : given.list())
        add(head, header.name, header.value);
    if (!length.empty() && !given.find("Content-Length"))
        add(head, "Content-Length", length);
    if (!given.find("Connection"))
        add(head, "Connection", "keep-alive");
    if (http_proxy && !http_proxy->authorization.empty())
        add(head, "Proxy-Authorization", http_proxy->authorization.reveal());
    return head + "\r\n";
}

} // namespace ferry
