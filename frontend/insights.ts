// What only the page of figures needs: the charts.
import "./elements/line-chart.ts";
