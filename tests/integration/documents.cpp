#include "workspace.hpp"

#include "document/strict_json.hpp"

#include <doctest/doctest.h>

#include <variant>

namespace ferry::test {

Poco::JSON::Object::Ptr document(const ProcessResult& result) {
    const JsonResult parsed = parse_json(result.out);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    REQUIRE_MESSAGE(value, "stdout is no JSON: " << result.out << "\nstderr: " << result.err);
    return value->extract<Poco::JSON::Object::Ptr>();
}

Poco::JSON::Object::Ptr step(const Poco::JSON::Object::Ptr& document, const std::string& id) {
    const auto steps = document->getObject("steps");
    REQUIRE(steps);
    const auto entry = steps->getObject(id);
    REQUIRE_MESSAGE(entry, "no step " << id);
    return entry;
}

Poco::JSON::Object::Ptr outputs(const ProcessResult& result, const std::string& id) {
    const auto entry = step(document(result), id)->getObject("outputs");
    REQUIRE(entry);
    return entry;
}

} // namespace ferry::test
