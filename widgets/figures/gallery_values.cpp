#include "widgets/figures/gallery_values.h"

#include "widgets/bridge/term_text.h"
#include "widgets/plots/palettes.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

CloudWord::Kind kindOfTerm(TermKind kind) {
    switch (kind) {
    case TermKind::Category:
        return CloudWord::Kind::Category;
    case TermKind::Dimension:
        return CloudWord::Kind::Dimension;
    case TermKind::Other:
        break;
    }
    return CloudWord::Kind::Other;
}

} // namespace

std::vector<CloudWord> cloudWords(const EmbeddingView& embedding, const Ratings* ratings, std::size_t component) {
    std::vector<CloudWord> words;
    if (!ratings || component >= embedding.correlations.rows() ||
        embedding.correlations.cols() != ratings->terms.size())
        return words;
    const double threshold = LabelOptions{}.interpretable;
    for (std::size_t t = 0; t < ratings->terms.size(); ++t) {
        const double r = embedding.correlations(component, t);
        if (!(std::abs(r) > threshold))
            continue;
        const Term& term = ratings->terms[t];
        QString text = termText(term.name);
        if (term.kind == TermKind::Dimension)
            text += r > 0 ? QStringLiteral("-high") : QStringLiteral("-low");
        else if (r < 0)
            text.prepend(QChar(0x2212));
        words.push_back({.text = text,
                         .r = r,
                         .kind = kindOfTerm(term.kind),
                         .color = term.kind == TermKind::Category
                                      ? categoryColor(QString::fromStdString(term.name), static_cast<int>(t))
                                      : QColor()});
    }
    std::stable_sort(words.begin(), words.end(),
                     [](const CloudWord& a, const CloudWord& b) { return std::abs(a.r) > std::abs(b.r); });
    return words;
}

StimulusCard stimulusCard(const FigureData& figureData, std::size_t row, double weight, double share) {
    StimulusCard card{.stimulus = static_cast<int>(row),
                      .name = QString::fromStdString(figureData.stimuli->at(row).name),
                      .weight = weight,
                      .share = share};
    const int category = row < figureData.topCategories.size() ? figureData.topCategories[row] : -1;
    if (category >= 0 && figureData.ratings) {
        const std::string& name = figureData.ratings->terms.at(static_cast<std::size_t>(category)).name;
        card.detail = termText(name);
        card.color = categoryColor(QString::fromStdString(name), category);
    }
    return card;
}

std::vector<StimulusCard> topStimuli(const FigureData& figureData, const EmbeddingView& embedding,
                                     std::size_t component, int count) {
    const std::size_t most =
        std::min({static_cast<std::size_t>(std::max(0, count)), embedding.weights.rows(), figureData.stimuli->size()});
    std::vector<std::size_t> rows(std::min(embedding.weights.rows(), figureData.stimuli->size()));
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(most), rows.end(),
                      [&](std::size_t a, std::size_t b) {
                          const double first = embedding.weights(a, component);
                          const double second = embedding.weights(b, component);
                          return first != second ? first > second : a < b;
                      });
    std::vector<StimulusCard> cards;
    const double maximum = embedding.maxima.at(component);
    for (std::size_t i = 0; i < most; ++i) {
        const std::size_t row = rows[i];
        const double weight = embedding.weights(row, component);
        if (!(weight > 0))
            break;
        cards.push_back(stimulusCard(figureData, row, weight, weight / maximum));
    }
    return cards;
}

QString componentTitle(const FigureSystem& system, std::size_t component) {
    const QString name = system.componentNames.value(static_cast<qsizetype>(component));
    const QString number = QObject::tr("Component %1").arg(component + 1);
    return name.isEmpty() ? number : QStringLiteral("%1: %2").arg(number, name);
}

QString componentTitle(const FigureData& figureData, const QString& system, int trainingColumn) {
    const FigureSystem* found = figureData.system(system);
    if (!found || !found->embedding)
        return {};
    const auto& columns = found->embedding->trainingColumns;
    const auto at = std::find(columns.begin(), columns.end(), trainingColumn);
    return at == columns.end() ? QString() : componentTitle(*found, static_cast<std::size_t>(at - columns.begin()));
}

} // namespace tercet
