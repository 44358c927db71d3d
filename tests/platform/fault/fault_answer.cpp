#include "fault/fault_answer.hpp"

#include "api/call.hpp"
#include "document/strict_json.hpp"
#include "model/ids.hpp"

#include <map>

namespace ferry::platform {
namespace {

// The platform's code that fits an injected status.
int default_code(int status, const std::string& operation) {
    static const std::map<std::string, int> conflicts{
        {"init", 8005}, {"sign", 8008}, {"complete", 8007}, {"abort", 8009}, {"create_folder", 5030}};
    static const std::map<std::string, int> uploads{{"details", 8003},     {"sign", 8003},     {"report", 8003},
                                                    {"report_many", 8003}, {"complete", 8003}, {"abort", 8003}};
    static const std::map<int, int> general{{400, 90000}, {401, 90001}, {403, 90002}, {404, 90003}, {405, 90006},
                                            {409, 90007}, {415, 90008}, {429, 1000},  {500, 90009}, {503, 90005}};
    if (status == 409 && conflicts.contains(operation))
        return conflicts.at(operation);
    if (status == 404 && uploads.contains(operation))
        return uploads.at(operation);
    if (status == 503 && uploads.contains(operation))
        return 8000;
    const auto found = general.find(status);
    return found == general.end() ? 90004 : found->second;
}

std::string default_storage_code(int status) {
    static const std::map<int, std::string> codes{
        {400, "RequestTimeout"},     {403, "AccessDenied"},  {404, "NoSuchUpload"}, {409, "OperationAborted"},
        {412, "PreconditionFailed"}, {500, "InternalError"}, {503, "SlowDown"}};
    const auto found = codes.find(status);
    return found == codes.end() ? "InternalError" : found->second;
}

std::string html_text(int status) {
    return "<html><head><title>" + std::to_string(status) +
           "</title></head><body><h1>Service trouble</h1></body></html>";
}

// Where the rule asks for another form of body than the port's own.
void reshape(Answer& answer, const Fault& fault) {
    if (fault.body == "html") {
        answer.set("Content-Type", "text/html");
        answer.body = html_text(fault.status);
    } else if (fault.body == "empty") {
        answer.remove("Content-Type");
        answer.body.clear();
    }
}

void finish(Answer& answer, const Fault& fault) {
    reshape(answer, fault);
    for (const auto& [name, value] : fault.headers)
        answer.set(name, value);
    if (fault.kind == FaultKind::early)
        answer.delivery = Delivery::rough;
}

Answer json_error(const Fault& fault, const std::string& operation) {
    const int code = fault.code.value_or(default_code(fault.status, operation));
    Answer answer;
    answer.status = fault.status;
    answer.set("Content-Type", "application/json");
    const std::string message = fault.message.empty() ? "Injected fault." : fault.message;
    answer.body = to_json(error_body(fault.status, code, message));
    return answer;
}

Answer xml_error(const Fault& fault) {
    const std::string code = fault.storage_code.empty() ? default_storage_code(fault.status) : fault.storage_code;
    return storage_error(fault.status, code, fault.message.empty() ? "Injected fault." : fault.message);
}

} // namespace

Answer storage_error(int status, const std::string& code, const std::string& message) {
    Answer answer;
    answer.status = status;
    answer.set("Content-Type", "application/xml");
    answer.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message +
                  "</Message><RequestId>" + random_hex(16) + "</RequestId></Error>";
    return answer;
}

Answer api_fault_answer(const Fault& fault, const std::string& operation) {
    Answer answer = fault.body == "xml" ? xml_error(fault) : json_error(fault, operation);
    finish(answer, fault);
    return answer;
}

Answer storage_fault_answer(const Fault& fault) {
    Answer answer = fault.body == "json" ? json_error(fault, "put") : xml_error(fault);
    finish(answer, fault);
    return answer;
}

void spoil(Answer& answer, const Fault& fault, Exchange& exchange) {
    switch (fault.kind) {
    case FaultKind::reset:
    case FaultKind::lost_answer:
        answer.delivery = Delivery::reset;
        break;
    case FaultKind::stall:
        if (fault.performed && !exchange.hold(fault.time))
            answer.delivery = Delivery::reset;
        break;
    case FaultKind::drip:
        answer.delivery = Delivery::drip;
        answer.drip_pause = fault.pause;
        break;
    case FaultKind::truncated:
        answer.delivery = Delivery::truncated;
        break;
    case FaultKind::garbage:
        answer.delivery = Delivery::garbage;
        break;
    case FaultKind::content_type:
        answer.set("Content-Type", fault.content_type);
        break;
    default:
        break;
    }
}

} // namespace ferry::platform
