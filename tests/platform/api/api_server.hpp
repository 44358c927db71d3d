// The API port: who may call, how often, which fault, and the handler.
#pragma once

#include "api/call.hpp"
#include "net/message.hpp"
#include "state.hpp"

namespace ferry::platform {

class ApiServer : public Service {
  public:
    explicit ApiServer(State& state) : state_(state) {}
    void connected() override;
    Answer serve(const Request& request, Exchange& exchange) override; // never throws but PeerGone

  private:
    Answer serve_call(Call& call, Exchange& exchange);
    Answer admin(const Call& call);
    Answer answer(Call& call, Exchange& exchange, Quota::View& quota);
    Answer perform(Call& call);
    Answer play(Call& call, Exchange& exchange);
    FaultTarget fault_target(Call& call);
    bool authorised(const Request& request) const;

    State& state_;
};

// The counters as people and scripts see them.
Json show_counters(const Counters& counters);

} // namespace ferry::platform
