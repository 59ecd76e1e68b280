#pragma once

#include "core/pipeline/step.h"
#include "core/study/judgment_set.h"

#include <cstdint>
#include <vector>

namespace tercet {

/// The judgments by which a step tests an embedding, and which of them.
struct TestJudgments {
    JudgmentSet judgments;
    std::vector<std::uint32_t> chosen; ///< numbers, ascending, at least one
};

/// The inputs "embedding" and "judgments" of a step that tests an embedding, and the parameters that say which
/// judgments (E6): "judgments-of", "which", "share", "seed".
[[nodiscard]] std::vector<StepInput> testInputs();
[[nodiscard]] std::vector<Parameter> testParameters();
/// What they choose. Throws DataError if that is nothing, or if judgments do not fit the embedding.
[[nodiscard]] TestJudgments testJudgments(const StepContext& context);

} // namespace tercet
