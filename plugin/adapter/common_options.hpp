// Reading the options that all tasks of the platform share. The schema has admitted them before.
#pragma once

#include "base/status.hpp"
#include "platform/credentials.hpp"
#include "platform/platform_options.hpp"

#include <Poco/JSON/Object.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// One problem that the schema cannot see.
struct OptionProblem {
    std::string pointer; // JSON pointer into the options
    std::string found;
    std::string allowed;
};

// What a task's reader makes of its options; endpoint and token are not filled in yet.
template <class Options> struct ReadTask {
    Options options;
    CredentialOptions credentials;
    std::vector<OptionProblem> problems;
};

// The base of each task's reader. What the schema does not admit ends in a Poco::Exception: see read_with().
class OptionFields {
  public:
    OptionFields(const Poco::JSON::Object& options, std::vector<OptionProblem>& problems)
        : options_(options)
        , problems_(problems) {}

    const Poco::JSON::Object& options() const { return options_; }
    std::optional<std::string> text(const std::string& key) const { return text_of(options_, key); }
    static std::optional<std::string> text_of(const Poco::JSON::Object& object, const std::string& key);

    void problem(std::string pointer, std::string_view found, std::string allowed);
    Duration duration(const Poco::JSON::Object& object, const std::string& pointer, const std::string& key);
    void read_target(Target& target);
    void read_patience(PlatformOptions& platform); // retry and timeouts
    void read_credentials(CredentialOptions& credentials) const;

  private:
    const Poco::JSON::Object& options_;
    std::vector<OptionProblem>& problems_;
};

// Parses `json` and calls `read` with the object in it. An Error means that the options are not what the schema of
// `task` admits, which is a defect of the caller.
Status read_with(std::string_view json, const std::string& task,
                 const std::function<void(const Poco::JSON::Object&)>& read);

} // namespace ferry
