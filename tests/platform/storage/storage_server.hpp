// The object store: takes the parts, as strictly as S3.
#pragma once

#include "net/message.hpp"
#include "state.hpp"

#include <atomic>
#include <string>

namespace ferry::platform {

class StorageServer : public Service {
  public:
    explicit StorageServer(State& state) : state_(state) {}
    void connected() override;
    Answer serve(const Request& request, Exchange& exchange) override; // never throws but PeerGone

  private:
    struct Put {
        const Request& request;
        Exchange& exchange;
        std::string upload_id;
        std::uint32_t part = 0;
        std::optional<Fault> fault;
        bool faulty(FaultKind kind) const { return fault && fault->kind == kind; }
    };
    Answer put(const Request& request, Exchange& exchange);
    Answer answer(Put& put);
    Answer play(Put& put);
    void check(const Put& put) const;
    Answer receive(Put& put);
    std::string take_bytes(Put& put, NewFile& file, std::uint64_t& size);
    fs::path new_part_path(const Put& put);
    Answer store_again(Put& put, StoredPart part, const std::string& raw_md5);
    Answer store(Put& put, NewFile& file, const StoredPart& part);
    bool carries_token(const Request& request) const;
    std::string name_of(const std::string& upload_id);

    State& state_;
};

} // namespace ferry::platform
