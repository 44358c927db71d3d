#include "fault_rows.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

namespace ferry::test {

namespace {

constexpr std::size_t at_once = 6;

platform::PlatformSettings with_part_size(platform::PlatformSettings settings, std::uint64_t size) {
    if (size > 0) {
        settings.part_size = platform::PartSizePolicy::fixed;
        settings.fixed_part_size = size;
    }
    return settings;
}

class Run {
  public:
    Run(const Row& row, const platform::PlatformSettings& settings)
        : row_(row)
        , space_(with_part_size(settings, row.part_size))
        , size_(row.parts * (row.part_size > 0 ? row.part_size : Workspace::part)) {
        space_.server().add_faults(row.fault);
        space_.make_file("a.bin", size_);
        const std::string options = R"("project":"me/my-project","files":["a.bin"],)"
                                    R"("timeouts":{"connect":1,"stall":1,"complete":2})" +
                                    row.options;
        process_.emplace(std::vector<std::string>{"run", space_.upload_workflow(options)}, space_.setup());
    }

    // Once a second part is on its way.
    void change_source() {
        using namespace std::chrono_literals;
        for (int i = 0; space_.server().counters().puts < 2; ++i) {
            REQUIRE_MESSAGE(i < 3000, "no second part was ever sent");
            std::this_thread::sleep_for(10ms);
        }
        std::ofstream(space_.dir() / "a.bin", std::ios::app) << "more";
    }

    void check() {
        CAPTURE(row_.fault);
        const ProcessResult result = process_->wait();
        CAPTURE(result.err);
        const auto files = space_.server().files("me/my-project");
        if (row_.end == End::whole) {
            CHECK(result.status == 0);
            CHECK(space_.stored("a.bin", Workspace::bytes(size_)));
            CHECK(files.size() == 1);
            CHECK(space_.server().open_upload_count() == row_.open);
        } else {
            CHECK(result.status == (row_.end == End::failed ? 1 : 4));
            CHECK(files.empty());
            CHECK(result.err.find("a.bin") != std::string::npos);
        }
        CHECK_MESSAGE(result.err.find(row_.told) != std::string::npos, row_.told);
        CHECK(space_.server().counters().token_leaks == 0);
        CHECK_MESSAGE(space_.server().unused_faults().empty(), "unused");
    }

    void check_open() { CHECK_MESSAGE(space_.server().open_upload_count() == row_.open, row_.fault); }

  private:
    const Row row_;
    Workspace space_;
    std::uint64_t size_;
    std::optional<FerryProcess> process_;
};

template <class Step>
void in_batches(const std::vector<Row>& rows, const platform::PlatformSettings& settings, Step step) {
    for (std::size_t begin = 0; begin < rows.size(); begin += at_once) {
        std::vector<std::unique_ptr<Run>> runs;
        for (std::size_t i = begin; i < rows.size() && i < begin + at_once; ++i)
            runs.push_back(std::make_unique<Run>(rows[i], settings));
        step(runs);
    }
}

} // namespace

void check_rows(const std::vector<Row>& rows, const platform::PlatformSettings& settings) {
    in_batches(rows, settings, [](const std::vector<std::unique_ptr<Run>>& runs) {
        for (const auto& run : runs)
            run->check();
    });
}

void check_changed_source(const std::vector<Row>& rows) {
    in_batches(rows, {}, [](const std::vector<std::unique_ptr<Run>>& runs) {
        for (const auto& run : runs)
            run->change_source();
        for (const auto& run : runs) {
            run->check();
            run->check_open();
        }
    });
}

std::vector<Row> passing(const std::string& operation, const std::string& before) {
    std::vector<Row> rows;
    for (const char* fault : {
             R"("fault":"status","status":408)",
             R"("fault":"status","status":500)",
             R"("fault":"status","status":502,"body":"empty")",
             R"("fault":"status","status":503,"retry_after":1)",
             R"("fault":"status","status":503,"retry_after_in_ms":1000)",
             R"("fault":"status","status":504,"body":"html")",
             R"("fault":"early","status":503)",
             R"("fault":"html")",
             R"("fault":"maintenance","retry_after":1)",
             R"("fault":"rate_limited","reset_in_ms":1000)",
             R"("fault":"rate_limited","rate_headers":false,"retry_after":1)",
             R"("fault":"rate_limited","rate_headers":false,"retry_after_in_ms":2000)",
             R"("fault":"reset")",
             R"("fault":"lost_answer")",
             R"("fault":"stall")",
             R"("fault":"stall","performed":true)",
             R"("fault":"drip","ms":1)",
             R"("fault":"truncated")",
             R"("fault":"garbage")",
             R"("fault":"content_type")",
         })
        rows.push_back({R"({"operation":")" + operation + "\"," + fault + "}"});
    for (const char* fault :
         {R"("fault":"refuse","ms":500)", R"("fault":"ignore","ms":1500)", R"("fault":"mute","ms":1500)"})
        rows.push_back({R"({"operation":")" + before + R"(","port":"api",)" + fault + "}"});
    return rows;
}

} // namespace ferry::test
