import { defineMessages } from './message';

/** Words that every screen may need. */
export const common = defineMessages({
  'action.back': { en: 'Back', de: 'Zurück', ru: 'Назад', zh: '返回' },
  'action.cancel': { en: 'Cancel', de: 'Abbrechen', ru: 'Отмена', zh: '取消' },
  'action.close': { en: 'Close', de: 'Schließen', ru: 'Закрыть', zh: '关闭' },
  'action.save': { en: 'Save', de: 'Speichern', ru: 'Сохранить', zh: '保存' },
  'action.retry': { en: 'Try again', de: 'Erneut versuchen', ru: 'Повторить', zh: '重试' },
  'action.search': { en: 'Search', de: 'Suchen', ru: 'Поиск', zh: '搜索' },
  'action.show': { en: 'Show', de: 'Zeigen', ru: 'Показать', zh: '显示' },
  'action.show_more': { en: 'Show more', de: 'Mehr anzeigen', ru: 'Показать ещё', zh: '显示更多' },
  'action.show_less': { en: 'Show less', de: 'Weniger anzeigen', ru: 'Свернуть', zh: '收起' },
  'common.language': { en: 'Language', de: 'Sprache', ru: 'Язык', zh: '语言' },
  'common.theme': { en: 'Appearance', de: 'Darstellung', ru: 'Оформление', zh: '外观' },
  'common.loading': { en: 'Loading …', de: 'Wird geladen …', ru: 'Загрузка …', zh: '正在加载…' },
  'common.none': { en: 'none', de: 'keine', ru: 'нет', zh: '无' },
  'common.no_value': { en: 'no value', de: 'kein Wert', ru: 'нет значения', zh: '无数值' },
  'common.plot_label': {
    en: '{quantity} over time, {count} values, last {last}',
    de: '{quantity} im Zeitverlauf, {count} Werte, zuletzt {last}',
    ru: '{quantity} по времени, значений: {count}, последнее {last}',
    zh: '{quantity}随时间变化，{count} 个值，最近 {last}',
  },
  'theme.system': { en: 'System', de: 'System', ru: 'Как в системе', zh: '跟随系统' },
  'theme.light': { en: 'Light', de: 'Hell', ru: 'Светлая', zh: '浅色' },
  'theme.dark': { en: 'Dark', de: 'Dunkel', ru: 'Тёмная', zh: '深色' },
  'theme.contrast': { en: 'High contrast', de: 'Hoher Kontrast', ru: 'Высокая контрастность', zh: '高对比度' },
});
