#pragma once

#include "core/base/control.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// Spearman correlations of one sequence with several models at once. Ranks are exact, equal values get the average of
/// theirs.
class RankCorrelation {
public:
    /// What correlate() works in; one per thread.
    class Workspace {
    public:
        Workspace();
        ~Workspace();
        Workspace(Workspace&&) noexcept;
        Workspace& operator=(Workspace&&) noexcept;

    private:
        friend class RankCorrelation;
        struct Buffers;
        std::unique_ptr<Buffers> m_buffers;
    };

    /// `models`: sequences of one length, at least two values each. Throws DataError if a model is constant, holds what
    /// is not finite or has another length (its number from 1); Cancelled.
    explicit RankCorrelation(const std::vector<std::vector<double>>& models, const JobControl& control = JobControl());
    ~RankCorrelation();
    RankCorrelation(RankCorrelation&&) noexcept;
    RankCorrelation& operator=(RankCorrelation&&) noexcept;

    /// Bytes that models of a length take, while they are ranked; and a workspace.
    [[nodiscard]] static std::size_t bytes(std::size_t length, std::size_t models);
    [[nodiscard]] static std::size_t workBytes(std::size_t length);

    [[nodiscard]] std::size_t models() const;
    [[nodiscard]] std::size_t length() const;
    /// rho(m): the correlation with model m, good to 1e-12; NaN for all if `values` (finite, length()) are all equal.
    /// Any thread with a workspace of its own.
    void correlate(std::span<const double> values, Workspace& workspace, std::span<double> rho) const;

private:
    struct Models;
    std::unique_ptr<const Models> m_models;
};

/// Ranks from 1, equal values with the average of theirs. Throws Cancelled.
[[nodiscard]] std::vector<double> averageRanks(std::span<const double> values,
                                               const JobControl& control = JobControl());

} // namespace tercet
