#include "fake_platform.hpp"

#include "document/strict_json.hpp"
#include "hash/md5.hpp"
#include "platform/platform_api.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

namespace ferry::test {
namespace {

using Object = Poco::JSON::Object;

Object::Ptr object_of(const std::string& body) {
    const JsonResult parsed = parse_json(body.empty() ? "{}" : body);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (!value || value->type() != typeid(Object::Ptr))
        return new Object;
    return value->extract<Object::Ptr>();
}

HttpOutcome ok(const Object::Ptr& object) {
    return reply(200, to_json(Poco::Dynamic::Var(object)));
}

class FakeTransport final : public HttpTransport {
  public:
    explicit FakeTransport(FakePlatform& platform) : platform_(platform) {}
    HttpOutcome send(const HttpRequest& request, CancelToken& cancel) override {
        return platform_.answer_to(request, cancel);
    }

  private:
    FakePlatform& platform_;
};

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> pieces;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(at, begin), text.size());
        pieces.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return pieces;
}

std::string decode(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

Result<std::string> drain(const HttpRequest& request) {
    if (!request.source)
        return request.body;
    std::string body;
    if (const Status back = request.source->rewind(); !back)
        return back.error();
    for (;;) {
        const Result<std::span<const std::byte>> piece = request.source->read();
        if (!piece.ok())
            return piece.error();
        if (piece->empty())
            return body;
        body.append(reinterpret_cast<const char*>(piece->data()), piece->size());
    }
}

} // namespace

std::string Call::text() const {
    return kind + (name.empty() ? "" : " " + name) + (part == 0 ? "" : " " + std::to_string(part));
}

std::unique_ptr<HttpTransport> FakePlatform::make() {
    return std::make_unique<FakeTransport>(*this);
}

Url FakePlatform::base() {
    return Url::parse("http://127.0.0.1:9000/v2").value();
}

HttpOutcome FakePlatform::answer_to(const HttpRequest& request, CancelToken& cancel) {
    if (cancel.cancelled())
        return no_reply(FailureKind::cancelled);
    Result<std::string> body = drain(request);
    if (!body.ok())
        return HttpFailure{FailureKind::body, body.error().message};
    Call call;
    {
        std::lock_guard lock(mutex_);
        call = read(request, std::move(*body));
        const bool storage_call = call.kind == "put";
        if (request.headers.find("X-SBG-Auth-Token").has_value() == storage_call)
            wrong("the token went to storage, or was missing at the API: " + call.text());
        call.nth = ++times_[call.kind + " " + call.upload + " " + std::to_string(call.part)];
        calls_.push_back(call);
        if (storage_call)
            most_puts_ = std::max(most_puts_, ++puts_now_);
    }
    std::optional<HttpOutcome> hooked = hook ? hook(call, cancel) : std::nullopt;
    const bool lost = !hooked && lose_answer && lose_answer(call);
    std::lock_guard lock(mutex_);
    if (call.kind == "put")
        --puts_now_;
    HttpOutcome outcome = hooked ? std::move(*hooked) : serve(call, request);
    return lost ? no_reply(FailureKind::cancelled) : std::move(outcome);
}

Call FakePlatform::read(const HttpRequest& request, std::string body) {
    const std::string_view target = request.url.target;
    const std::string_view path = target.substr(0, target.find('?'));
    Call call;
    if (request.url.port == 9000 && path.starts_with("/v2/upload/multipart"))
        call = read_upload_path(request, path.substr(20));
    else if (request.url.port == 9000 && path == "/v2/files")
        call.kind = request.method == "POST" ? "mkdir" : "list";
    else if (request.url.port == 9000 && path == "/v2/bulk/files/edit")
        call.kind = "edit";
    else if (request.url.port == 9000 && path == "/v2/bulk/files/get")
        call.kind = "records";
    else if (request.url.port == 9000 && path.starts_with("/v2/files/"))
        call = {.kind = "file", .upload = {}, .name = std::string(path.substr(10)), .body = {}};
    else if (request.url.port == 9000 && path.starts_with("/v2/projects/"))
        call.kind = "project";
    else {
        const std::vector<std::string> pieces = split(path, '/'); // "", upload, part
        call = {.kind = "put",
                .upload = pieces.at(1),
                .name = {},
                .part = static_cast<std::uint32_t>(std::stoul(pieces.at(2))),
                .body = {}};
    }
    call.body = std::move(body);
    if (call.kind == "init" || call.kind == "mkdir")
        call.name = object_of(call.body)->optValue<std::string>("name", "");
    else if (call.name.empty() && names_.contains(call.upload))
        call.name = names_[call.upload];
    return call;
}

Call FakePlatform::read_upload_path(const HttpRequest& request, std::string_view path) {
    const std::vector<std::string> pieces = split(path, '/'); // "", upload, what, part
    Call call;
    if (pieces.size() < 2) {
        call.kind = request.method == "POST" ? "init" : "uploads";
        return call;
    }
    call.upload = pieces[1];
    const std::string what = pieces.size() > 2 ? pieces[2] : "";
    if (what == "complete") {
        call.kind = "complete";
    } else if (what == "part" && pieces.size() > 3) {
        call.kind = "sign";
        call.part = static_cast<std::uint32_t>(std::stoul(pieces[3]));
    } else if (what == "part") {
        call.kind = "report";
    } else {
        call.kind = request.method == "DELETE" ? "abort" : request.method == "POST" ? "report_many" : "details";
    }
    return call;
}

HttpOutcome FakePlatform::serve(const Call& call, const HttpRequest& request) {
    if (call.kind == "list")
        return list(request);
    if (call.kind == "init")
        return init(call, request.url.target.find("overwrite=") != std::string::npos);
    if (call.kind == "uploads")
        return open_list();
    if (call.kind == "edit")
        return edit(call);
    if (call.kind == "records")
        return records(call);
    if (call.kind == "mkdir")
        return make_folder(call);
    if (call.kind == "project")
        return reply(200, !may_write   ? R"({"id":"me/project"})"
                          : *may_write ? R"({"id":"me/project","permissions":{"write":true}})"
                                       : R"({"id":"me/project","permissions":{"write":false}})");
    if (call.kind == "file") {
        for (const StoredFile& file : files_)
            if (file.id == call.name)
                return reply(200, file_json(file, true));
        return reply(404, R"({"status":404,"code":5002,"message":"no such file"})");
    }
    const auto upload = uploads_.find(call.upload);
    if (upload == uploads_.end())
        return call.kind == "put" ? reply(404, "<Error><Code>NoSuchUpload</Code></Error>")
                                  : reply(404, R"({"status":404,"code":8003,"message":"no such upload"})");
    if (call.kind == "sign")
        return sign(call, upload->second);
    if (call.kind == "put")
        return put(call, upload->second, request);
    if (call.kind == "complete")
        return complete(call);
    if (call.kind == "abort") {
        uploads_.erase(upload);
        return reply(204);
    }
    if (call.kind == "details")
        return details(call.upload, upload->second);
    if (call.kind == "report_many") {
        take_reports(call, upload->second);
        return reply(200);
    }
    if (call.kind == "report") {
        const Object::Ptr report = object_of(call.body);
        const auto number = report->getValue<std::uint32_t>("part_number");
        upload->second.reported[number] =
            report->getObject("response")->getObject("headers")->optValue<std::string>("ETag", "");
        return reply(200);
    }
    wrong("nobody knows the call " + call.text());
    return reply(400);
}

HttpOutcome FakePlatform::open_list() const {
    Poco::JSON::Array::Ptr items = new Poco::JSON::Array;
    for (const auto& [id, upload] : uploads_) {
        Object::Ptr item = new Object;
        item->set("upload_id", id);
        item->set("name", upload.name);
        item->set("project", "me/project");
        if (!upload.parent.empty())
            item->set("parent", upload.parent);
        item->set("initiated", upload.initiated);
        items->add(item);
    }
    Object::Ptr answer = new Object;
    answer->set("items", items);
    return ok(answer);
}

HttpOutcome FakePlatform::details(const std::string& id, const Upload& upload) const {
    Poco::JSON::Array::Ptr parts = new Poco::JSON::Array;
    for (const auto& [number, etag_of_part] : upload.reported) {
        Object::Ptr headers = new Object;
        headers->set("ETag", etag_of_part);
        Object::Ptr response = new Object;
        response->set("headers", headers);
        Object::Ptr part = new Object;
        part->set("part_number", number);
        part->set("response", response);
        parts->add(part);
    }
    Object::Ptr answer = new Object;
    answer->set("upload_id", id);
    answer->set("name", upload.name);
    answer->set("part_size", upload.part_size);
    answer->set("parallel_uploads", parallel);
    answer->set("parts", parts);
    return ok(answer);
}

void FakePlatform::take_reports(const Call& call, Upload& upload) {
    const Poco::JSON::Array::Ptr parts = object_of(call.body)->getArray("parts");
    for (unsigned i = 0; parts && i < parts->size(); ++i) {
        const Object::Ptr part = parts->getObject(i);
        if (part->getValue<std::uint32_t>("part_number") == upload.lost)
            continue;
        upload.reported[part->getValue<std::uint32_t>("part_number")] =
            part->getObject("response")->getObject("headers")->optValue<std::string>("ETag", "");
    }
}

HttpOutcome FakePlatform::list(const HttpRequest& request) const {
    const std::string& target = request.url.target;
    std::vector<std::string> names;
    std::string parent;
    for (const std::string& field : split(std::string_view(target).substr(target.find('?') + 1), '&')) {
        if (field.starts_with("name="))
            names.push_back(decode(std::string_view(field).substr(5)));
        if (field.starts_with("parent="))
            parent = decode(std::string_view(field).substr(7));
    }
    if (!has_folder(parent))
        return reply(404, R"({"status":404,"code":5002,"message":"no such folder"})");
    std::string items;
    for (const StoredFile& file : files_)
        if (file.parent != parent)
            continue;
        else if (names.empty() || std::find(names.begin(), names.end(), file.name) != names.end())
            items += (items.empty() ? "" : ",") + file_json(file, complete_tells_size);
    return reply(200, "{\"href\":\"x\",\"items\":[" + items + "],\"links\":[]}");
}

HttpOutcome FakePlatform::init(const Call& call, bool overwrite) {
    if (refuse_twin)
        for (const auto& [id, open] : uploads_)
            if (open.name == call.name)
                return reply(409, R"({"status":409,"code":8006,"message":"upload exists"})");
    const Object::Ptr body = object_of(call.body);
    const auto parent = body->optValue<std::string>("parent", "");
    if (!has_folder(parent))
        return reply(404, R"({"status":404,"code":5026,"message":"no such folder"})");
    if (refuse_taken && !overwrite && is_taken(parent, call.name))
        return reply(409, R"({"status":409,"code":8005,"message":"file already exists"})");
    Upload upload{.name = call.name,
                  .size = body->getValue<Poco::UInt64>("size"),
                  .part_size = part_size != 0 ? part_size : body->getValue<Poco::UInt64>("part_size"),
                  .parent = parent,
                  .overwrite = overwrite,
                  .initiated = initiated,
                  .parts = {},
                  .reported = {}};
    const std::string id = "upload-" + std::to_string(next_id_++);
    Object::Ptr answer = new Object;
    answer->set("upload_id", id);
    answer->set("name", call.name);
    answer->set("part_size", upload.part_size);
    answer->set("parallel_uploads", parallel);
    names_[id] = call.name;
    uploads_[id] = std::move(upload);
    return ok(answer);
}

HttpOutcome FakePlatform::sign(const Call& call, Upload& upload) {
    if (!parallel && (upload.puts_open > 0 || call.part > upload.reported.size() + 1 || call.part < upload.last_signed))
        wrong("out of order: " + call.text());
    upload.last_signed = call.part;
    Object::Ptr headers = new Object;
    for (const HttpHeader& header : part_headers.list())
        headers->set(header.name, header.value);
    Poco::JSON::Array::Ptr names = new Poco::JSON::Array;
    for (const std::string& name : report_headers)
        names->add(name);
    Poco::JSON::Array::Ptr codes = new Poco::JSON::Array;
    codes->add(200);
    Object::Ptr report = new Object;
    report->set("headers", names);
    report->set("success_codes", codes);
    Object::Ptr answer = new Object;
    answer->set("method", "PUT");
    answer->set("url", storage + "/" + call.upload + "/" + std::to_string(call.part) + "?Signature=s%2B" +
                           std::to_string(call.nth));
    answer->set("expires", "2016-02-27T15:55:38Z"); // in the past, as in the vendor's example
    answer->set("headers", headers);
    answer->set("report", report);
    return ok(answer);
}

HttpOutcome FakePlatform::put(const Call& call, Upload& upload, const HttpRequest& request) {
    const auto& demanded = part_headers.list();
    if (request.headers.list().size() != demanded.size())
        wrong("other headers than demanded: " + call.text());
    for (const HttpHeader& header : demanded)
        if (request.headers.find(header.name) != std::optional<std::string_view>(header.value))
            wrong("a demanded header is missing: " + call.text());
    upload.parts[call.part] = call.body;
    upload.lost = upload.lost == call.part ? 0 : upload.lost;
    HttpResponse response;
    response.status = 200;
    response.headers.add("etag", etag ? etag(call.body) : '"' + md5_hex(call.body) + '"');
    for (const HttpHeader& header : put_answer.list())
        response.headers.add(header.name, header.value);
    return response;
}

std::string md5_hex(std::string_view bytes) {
    auto stream = Md5Stream::make();
    stream->update(std::as_bytes(std::span(bytes)));
    return to_hex(*stream->finish());
}

HttpOutcome reply(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

HttpOutcome no_reply(FailureKind kind) {
    return HttpFailure{kind, "the test's failure"};
}

} // namespace ferry::test
