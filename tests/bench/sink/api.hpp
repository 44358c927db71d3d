// The API, as far as an upload in which nothing fails needs it.
#pragma once

#include "sink/listener.hpp"
#include "sink/quota.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ferry::bench {

class Api : public Service {
  public:
    Api(std::string api, std::string storage, Quota& quota, Counters& counters)
        : api_(std::move(api))
        , storage_(std::move(storage))
        , quota_(quota)
        , counters_(counters) {}

    Answer serve(const Head& head, Requests& requests) override;

  private:
    struct Upload {
        std::string id;
        std::string project; // as JSON has it, like the name
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t part_size = 0;
    };

    Answer route(std::string_view method, std::string_view path, const std::string& body);
    Answer of_upload(std::string_view method, std::string_view id, std::string_view rest);
    Answer init(const std::string& body);
    Answer complete(const Upload& upload);
    std::string show(const Upload& upload) const;
    std::string show_file(const std::string& id, const Upload& upload) const;
    std::string signed_url(std::string_view upload_id, std::string_view part) const;

    const std::string api_;     // with /v2
    const std::string storage_; // without a path
    Quota& quota_;
    Counters& counters_;
    std::mutex mutex_; // guards all below
    std::uint64_t count_ = 0;
    std::unordered_map<std::string, Upload> uploads_;
    std::unordered_map<std::string, Upload> files_;
};

} // namespace ferry::bench
