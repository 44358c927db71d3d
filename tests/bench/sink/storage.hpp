// The object store: takes every part and keeps none.
#pragma once

#include "sink/listener.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace ferry::bench {

class Storage : public Service {
  public:
    // Without `md5` the ETag is no MD5. With it, it is that of as many zero bytes, whatever came: reckoned once for
    // each size, it costs a measurement nothing.
    Storage(bool md5, Counters& counters) : md5_(md5), counters_(counters) {}

    Answer serve(const Head& head, Requests& requests) override;

  private:
    std::string etag(std::uint64_t size);

    const bool md5_;
    Counters& counters_;
    std::mutex mutex_;
    std::map<std::uint64_t, std::string> etags_; // guarded by mutex_
};

} // namespace ferry::bench
