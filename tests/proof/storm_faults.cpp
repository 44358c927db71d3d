#include "storm_faults.hpp"

#include <vector>

namespace ferry::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::uint64_t one_in = 8;

std::string operation_rule(const std::string& operation, const std::string& fault, std::uint64_t after,
                           std::uint64_t times) {
    return R"({"operation":")" + operation + R"(","after":)" + std::to_string(after) + R"(,"times":)" +
           std::to_string(times) + ",\"fault\":" + fault + "}";
}

std::string milliseconds(Chance& chance, std::uint64_t least, std::uint64_t most) {
    return R"(,"ms":)" + std::to_string(chance.between(least, most));
}

std::string port_fault(Chance& chance) {
    return "\"" + chance.pick<std::string>({"refuse", "ignore", "mute"}) + R"(","port":")" +
           chance.pick<std::string>({"api", "storage"}) + "\"" + milliseconds(chance, 100, 1500);
}

// What any call may meet.
std::string any_fault(Chance& chance) {
    static const Texts plain{
        R"("reset")",
        R"("reset")",
        R"("lost_answer")",
        R"("lost_answer")",
        R"("lost_answer")",
        R"("truncated")",
        R"("truncated")",
        R"("garbage")",
        R"("content_type")",
        R"("drip","ms":1)",
        R"("stall")",
        R"("stall","performed":true)",
        R"("html")",
        R"("early","status":503)",
        R"("early","status":500)",
        R"("status","status":500)",
        R"("status","status":502,"body":"empty")",
        R"("status","status":503)",
        R"("status","status":503,"retry_after":1)",
        R"("status","status":504,"body":"html")",
        R"("status","status":408)",
    };
    switch (chance.below(8)) {
    case 0:
        return port_fault(chance);
    case 1:
        return R"("stall")" + milliseconds(chance, 50, 800) + (chance.one_in(2) ? R"(,"performed":true)" : "");
    default:
        return chance.pick(plain);
    }
}

std::string storage_fault(Chance& chance) {
    static const Texts own{
        R"("corrupt")",
        R"("corrupt")",
        R"("corrupt")",
        R"("wrong_etag")",
        R"("wrong_etag")",
        R"("missing_etag")",
        R"("truncated_etag")",
        R"("truncated_etag")",
        R"("duplicate")",
        R"("slow_down")",
        R"("expired_url")",
        R"("early_403")",
        R"("early","status":500,"after_bytes":20000)",
        R"("slow_read","bytes_per_second":200000)",
        R"("reset","after_bytes":30000)",
        R"("stall","after_bytes":30000)",
        R"("stall","after_bytes":30000,"ms":500)",
        R"("status","status":403)",
        R"("status","status":412)",
        R"("vanish")",
    };
    return chance.one_in(3) ? any_fault(chance) : chance.pick(own);
}

// Those that end the try for good, or the whole run.
std::string hard_fault(Chance& chance) {
    static const Texts hard{
        R"("status","status":400)", R"("status","status":401)",
        R"("status","status":403)", R"("early_403")",
        R"("status","status":409)", R"("status","status":404,"body":"html")",
        R"("status","status":302)", R"("rate_limited","reset_in_ms":300)",
        R"("status","status":405)", R"("maintenance","retry_after":1)",
    };
    return chance.pick(hard);
}

std::string api_fault(Chance& chance, const std::string& operation) {
    const bool of_upload = operation != "init" && operation != "files" && operation != "file" && operation != "list" &&
                           operation != "project";
    if (of_upload && chance.one_in(12))
        return R"("vanish")";
    if (operation == "sign" && chance.one_in(6))
        return R"("expired_url")";
    if (operation != "init" && chance.one_in(12))
        return R"("duplicate")";
    return chance.one_in(10) ? hard_fault(chance) : any_fault(chance);
}

void add_rules(Chance& chance, const std::string& operation, std::uint64_t calls, std::string& rules) {
    for (std::uint64_t at = chance.below(2 * one_in); at < calls; at += chance.between(1, 2 * one_in - 1)) {
        const std::uint64_t times = chance.one_in(8) ? chance.between(2, 9) : 1;
        const std::string fault = operation == "put" ? storage_fault(chance) : api_fault(chance, operation);
        const bool port = fault.find("\"port\"") != std::string::npos;
        rules += (rules.empty() ? "" : ",\n") + operation_rule(operation, fault, at, port ? 1 : times);
    }
}

} // namespace

std::string random_faults(Chance& chance, std::uint64_t parts, std::uint64_t files) {
    std::string rules;
    for (const char* operation : {"sign", "put", "report"})
        add_rules(chance, operation, 2 * parts + 10, rules);
    for (const char* operation : {"init", "complete", "details", "report_many", "abort", "list", "file", "files"})
        add_rules(chance, operation, 2 * files + 10, rules);
    add_rules(chance, "project", 10, rules);
    return "[" + rules + "]";
}

} // namespace ferry::test
