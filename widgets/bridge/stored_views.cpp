#include "widgets/bridge/stored_views.h"

#include "core/base/text.h"
#include "core/pipeline/fit_checkpoint.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace tercet {

std::optional<std::string> shownEmbedding(const Study& study, const std::string& system) {
    if (auto key = study.imported(system, "embedding"))
        return key;
    const auto record = shownResult(study, {"fit-embedding", system});
    return record ? std::optional(record->key) : std::nullopt;
}

std::shared_ptr<const EmbeddingView> readEmbedding(const Study& study, const std::string& key, const Ratings* ratings) {
    const auto bundle = study.arrays(key);
    const auto weights = bundle->matrix("embedding");
    std::vector<int> columns(weights.cols());
    if (bundle->contains("training_column"))
        std::copy_n(bundle->get<std::int32_t>("training_column").values.begin(), columns.size(), columns.begin());
    else
        std::iota(columns.begin(), columns.end(), 0);
    return std::make_shared<const EmbeddingView>(
        embeddingView(Matrix<double>(weights.rows(), weights.cols(),
                                     std::vector<double>(weights.values().begin(), weights.values().end())),
                      std::move(columns), ratings));
}

std::shared_ptr<const FitView> readFit(const Study& study, const ResultRecord& record) {
    const auto bundle = study.arrays(record.key);
    auto view = std::make_shared<FitView>();
    view->records = recordsIn(*bundle);
    view->epochLimit = static_cast<int>(toInteger(record.parameters.at("epochs")).value_or(0));
    view->ended = QCoreApplication::translate("FitView", "Ended at epoch %1").arg(view->records.size());
    if (const auto reason = bundle->attributes.find("stop_reason"); reason != bundle->attributes.end())
        view->ended += QStringLiteral(": ") + QString::fromStdString(reason->second);
    view->ended += QLatin1Char('.');
    return view;
}

std::shared_ptr<const MapView> readMap(const Study& study, const std::string& key) {
    const auto bundle = study.arrays(key);
    const auto& positions = bundle->get<float>("positions");
    auto view = std::make_shared<MapView>();
    view->positions = pointsOf(MatrixView<const float>(positions.values.data(), positions.shape.at(0), 2));
    view->divergence = bundle->get<double>("divergence").values.at(0);
    return view;
}

std::string summaryOf(const Study& study, const std::string& key) {
    const auto attributes = readArrayFileAttributes(study.folder() / "arrays" / (key + ".h5"));
    const auto found = attributes.find("summary");
    return found == attributes.end() ? "" : found->second;
}

std::string layoutSetting(const std::string& system) { return "live-map/" + system; }

std::string layoutText(const MapView& map, const std::string& embeddingKey) {
    QByteArray bytes;
    for (const QPointF& point : map.positions)
        for (const auto value : {static_cast<float>(point.x()), static_cast<float>(point.y())})
            bytes.append(reinterpret_cast<const char*>(&value), sizeof value); // NOLINT: the bytes of a float
    return QJsonDocument(QJsonObject{{"embedding", QString::fromStdString(embeddingKey)},
                                     {"divergence", map.divergence},
                                     {"positions", QString::fromLatin1(bytes.toBase64())}})
        .toJson(QJsonDocument::Compact)
        .toStdString();
}

std::shared_ptr<const MapView> layoutFrom(const std::string& text, const std::string& embeddingKey) {
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
    if (object["embedding"].toString() != QString::fromStdString(embeddingKey))
        return nullptr;
    const QByteArray bytes = QByteArray::fromBase64(object["positions"].toString().toLatin1());
    std::vector<float> values(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), values.size() * sizeof(float));
    auto map = std::make_shared<MapView>();
    map->positions = pointsOf(MatrixView<const float>(values.data(), values.size() / 2, 2));
    map->divergence = object["divergence"].toDouble();
    return map;
}

} // namespace tercet
