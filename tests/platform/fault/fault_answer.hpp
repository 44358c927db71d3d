// The answers that faults make, and what they do to the true ones.
#pragma once

#include "fault/fault_script.hpp"
#include "net/message.hpp"

namespace ferry::platform {

// For FaultKind::status and early.
Answer api_fault_answer(const Fault& fault, const std::string& operation);
Answer storage_fault_answer(const Fault& fault);

// S3's error document.
Answer storage_error(int status, const std::string& code, const std::string& message);

// How a fault after the work changes the answer; faults of other kinds leave it as it is. May wait on the exchange.
void spoil(Answer& answer, const Fault& fault, Exchange& exchange);

} // namespace ferry::platform
