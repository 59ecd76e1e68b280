#pragma once

#include "core/io/terms.h"

#include <vector>

namespace tercet::test {

/// Three categories, two dimensions and one of neither.
inline const std::vector<Term> kTerms{{"awe", TermKind::Category},      {"fear", TermKind::Category},
                                      {"joy", TermKind::Category},      {"arousal", TermKind::Dimension},
                                      {"valence", TermKind::Dimension}, {"blue", TermKind::Other}};

} // namespace tercet::test
