// One run of a `command` step.
#pragma once

#include "tasks/child_process.hpp"
#include "tasks/command_files.hpp"
#include "tasks/command_options.hpp"
#include "tasks/command_settings.hpp"

#include "ferry_plugin.h"

#include <map>
#include <string>

namespace ferry {

class CommandTask {
  public:
    // Keeps the references until its end, as the ABI allows.
    CommandTask(CommandOptions options, const CommandSettings& settings, const ferry_run_context& context,
                const ferry_services& services);

    // FERRY_* with the reason in `error`. May throw (memory).
    int32_t run(ferry_error& error);

  private:
    struct Streams {
        UniqueFd input;
        UniqueFd output;
        UniqueFd error;
        std::string output_file;
        std::string error_file;
        bool output_kept = false; // in the state directory
        bool error_kept = false;
    };

    int32_t dry_run() const;
    std::optional<std::string> check_inputs() const;
    std::optional<std::string> open_streams(Streams& streams) const;
    std::string kept_stem() const;
    std::optional<std::string> open_output(const std::optional<std::string>& wanted, const std::string& kept_file,
                                           UniqueFd& to, std::string& file, bool& kept) const;
    std::variant<ChildStart, FileError> prepare(const Streams& streams) const;
    using OutputMoments = std::map<std::string, FileMoment>; // of the outputs' names

    int32_t judge(const ChildEnd& end, const Streams& streams, const OutputMoments& before, ferry_error& error) const;
    void tell_of_grace() const;
    OutputMoments moments_before() const;
    void warn_of_leftovers(const OutputMoments& before) const;
    std::string last_words(const Streams& streams) const;
    std::optional<std::string> set_outputs() const;

    bool cancelled() const { return services_.cancelled(services_.ctx) != 0; }
    void log(int32_t level, const std::string& message) const;
    void set_output(const std::string& name, const std::string& json) const;
    std::string absolute(const std::string& path) const { return absolute_path(work_dir_, path); }

    const CommandOptions options_;
    const CommandSettings& settings_;
    const ferry_run_context& context_;
    const ferry_services& services_;
    const std::string work_dir_;
};

} // namespace ferry
