#pragma once

#include <string>
#include <variant>

namespace tercet {

struct Done {};
struct Stopped {};
struct Failed {
    std::string message; ///< one sentence for the user
};

/// How a job ended: exactly one of the three. Exceptions become outcomes in one place, at the job's edge.
using Outcome = std::variant<Done, Stopped, Failed>;

/// Runs `work` and turns what it throws into an Outcome. Never throws.
template <class Work>
[[nodiscard]] Outcome outcomeOf(Work&& work);

/// The Outcome of the exception being handled; call inside a catch block.
[[nodiscard]] Outcome currentExceptionOutcome();

template <class Work>
Outcome outcomeOf(Work&& work) {
    try {
        work();
        return Done{};
    } catch (...) {
        return currentExceptionOutcome();
    }
}

} // namespace tercet
