// Outputs to the host, which may refuse one.
#pragma once

#include "base/status.hpp"
#include "ferry_plugin.h"

#include <Poco/Dynamic/Var.h>

#include <string>

namespace ferry {

class OutputSink {
  public:
    explicit OutputSink(const ferry_services& services) : services_(services) {}

    void set(const std::string& key, const Poco::Dynamic::Var& value);
    void append(const std::string& key, const Poco::Dynamic::Var& value); // to an array that was set
    // An error if the host has refused any: steps that come after would work on less than was done. `told`: what the
    // log tells all the same.
    Status finish(const std::string& told) const;

  private:
    const ferry_services& services_;
    std::string refused_; // the first that the host did not take
};

} // namespace ferry
