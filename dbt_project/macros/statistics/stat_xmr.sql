{#
The XmR chart (individuals and moving range) of Making Data Count: does a series do more than vary by common causes?

Formula: mean m of the points; moving range |x - previous x|; r = mean of the moving ranges after those of 3.267 times
their mean and more are left out, once, unless only ranges of 0 would be left; limits m -/+ 2.66 r; near limits
m -/+ 2 (2.66 / 3) r. m and r come from the first `baseline` points of a series only, so that a new point does not move
the limits it is judged by.
Rules, in the order in which a point takes its label:
    outside       beyond a limit
    trend         one of 7 points (6 steps) that all rise or all fall; a turning point belongs to the trend that begins
    two of three  between near limit and limit, one of two such among 3 neighbours that all lie on one side of m
    run           one of 7 neighbours on one side of m; a point on the mean ends a run
Source: NHS England Making Data Count as in NHSRplotthedots.
Domain: a series needs `least` points (12) before anything is judged. Fewer: limits and rules are NULL and the label is
too_few_points. A constant series has limits equal to its mean. Points without a value are passed over.
Resolution: where a point is a count out of few, one more or less moves it further than the limits that a flat series
draws: in steps coarser than its variation, a chart alarms for nothing. With `resolution`, the size of one step at each
point, a limit is taken to lie no nearer to the mean than one step and has to be passed by more than one; a point within
one of the mean is on neither side of it; and a trend has to lead further than one. The limits written stay the XmR ones.
Source: Wheeler, The Problem of Chunky Data (Quality Digest, 10 July 2023), on what goes wrong; the rule is our own.
Two numbers within 2e-9 of each other count as equal: means are added as decimals of a billionth, so that both engines
give the same, and a third added three times over does not lie above its own mean.

All are window expressions: `series` is the list of columns that make a series, `position` the one that orders its
points. A window cannot hold another, so each stage needs a query of its own; `stat_xmr_chart` writes them all.
#}
{% macro stat_xmr_moving_range(x, series, position) -%}
    abs({{ x }} - lag({{ x }}) over (partition by {{ series }} order by {{ position }} nulls last))
{%- endmacro %}

{# Mean over a series of what is not NULL, whatever the order of the rows. #}
{% macro stat_xmr_mean(x, series) -%}
    {{ safe_divide(
        'sum(cast(' ~ x ~ ' as decimal(30, 9))) over (partition by ' ~ series ~ ')',
        'count(' ~ x ~ ') over (partition by ' ~ series ~ ')'
    ) }}
{%- endmacro %}

{# Mean of the moving ranges without the outliers among them; `mean_of_all` is their mean with them, and the answer where
   nothing but ranges of 0 would be left. #}
{% macro stat_xmr_mean_range(moving_range, mean_of_all, series) -%}
    {%- set kept = '(case when ' ~ stat_xmr_side(moving_range, '3.267e0 * ' ~ mean_of_all) ~ ' = -1 then '
        ~ moving_range ~ ' end)' -%}
    coalesce(nullif({{ stat_xmr_mean(kept, series) }}, 0e0), {{ mean_of_all }})
{%- endmacro %}

{% macro stat_xmr_lower(mean, mean_range) -%}
    ({{ mean }} - 2.66e0 * {{ mean_range }})
{%- endmacro %}

{% macro stat_xmr_upper(mean, mean_range) -%}
    ({{ mean }} + 2.66e0 * {{ mean_range }})
{%- endmacro %}

{% macro stat_xmr_near_lower(mean, mean_range) -%}
    ({{ mean }} - {{ safe_divide('5.32e0', '3e0') }} * {{ mean_range }})
{%- endmacro %}

{% macro stat_xmr_near_upper(mean, mean_range) -%}
    ({{ mean }} + {{ safe_divide('5.32e0', '3e0') }} * {{ mean_range }})
{%- endmacro %}

{# 1 above the line, -1 below, 0 on it or no further from it than `resolution`; NULL when either is. #}
{% macro stat_xmr_side(x, line, resolution=none) -%}
    {%- set least = '2e-9' if resolution is none else '(2e-9 + ' ~ resolution ~ ')' -%}
    (case when {{ x }} - {{ line }} > {{ least }} then 1 when {{ x }} - {{ line }} < -{{ least }} then -1
        when {{ x }} - {{ line }} is not null then 0 end)
{%- endmacro %}

{# 1 above the upper line, -1 below the lower one, 0 between them or no further out than `resolution`. #}
{% macro stat_xmr_beyond(x, lower, upper, resolution=none) -%}
    (case when {{ stat_xmr_side(x, upper, resolution) }} = 1 then 1
        when {{ stat_xmr_side(x, lower, resolution) }} = -1 then -1
        when {{ x }} + {{ lower }} + {{ upper }} is not null then 0 end)
{%- endmacro %}

{# A limit below the mean (side -1) or above it (1), no nearer to it than `resolution`. #}
{% macro stat_xmr_no_nearer(limit, mean, side, resolution=none) -%}
    {%- if resolution is none -%}
        {{ limit }}
    {%- else -%}
        {{ 'least' if side == -1 else 'greatest' }}({{ limit }}, {{ mean }} {{ '-' if side == -1 else '+' }} {{ resolution }})
    {%- endif -%}
{%- endmacro %}

{# 1 or -1 where the last `points` signs, this one included, are all 1 or all -1; else 0. #}
{% macro stat_xmr_ends(sign, series, position, points) -%}
    {%- set last_points = 'over (partition by ' ~ series ~ ' order by ' ~ position ~ ' nulls last rows between '
        ~ (points - 1) ~ ' preceding and current row)' -%}
    (case
        when count({{ sign }}) {{ last_points }} < {{ points }} then 0
        when min({{ sign }}) {{ last_points }} = 1 then 1
        when max({{ sign }}) {{ last_points }} = -1 then -1
        else 0
    end)
{%- endmacro %}

{# 1 where the last 3 points lie on one side of the mean and 2 of them or more beyond a near limit; else 0. #}
{% macro stat_xmr_two_of_three_ends(is_near, side, series, position) -%}
    {%- set last_points = 'over (partition by ' ~ series ~ ' order by ' ~ position
        ~ ' nulls last rows between 2 preceding and current row)' -%}
    (case
        when abs(sum({{ side }}) {{ last_points }}) = 3 and sum({{ is_near }}) {{ last_points }} >= 2 then 1
        else 0
    end)
{%- endmacro %}

{# True for each of the `points` points of a pattern that ends, with this direction, here or further on. #}
{% macro stat_xmr_part_of(ends, direction, series, position, points) -%}
    (max(case when {{ ends }} = {{ direction }} then 1 else 0 end) over (
        partition by {{ series }} order by {{ position }} nulls last
        rows between current row and {{ points - 1 }} following
    ) = 1)
{%- endmacro %}

{#
The whole chart: common table expressions, of which `xmr_chart` is the last, to stand between `with` and `select`.

points    a relation or an earlier expression with the columns of `series`, `position` and `x`
series    columns that make a series, as text: 'measure_id, unit_code'
least     points a series needs before it is judged
baseline  first points of a series that mean and limits stand on
resolution  column of `points` with the size of one step at each point; none where x is not counted in steps

xmr_chart has the columns of `series` and `position`, and xmr_value, moving_range, point_count, baseline_count, mean,
mean_range, lower_limit, upper_limit, near_lower_limit, near_upper_limit, is_outside_limits, is_trend, is_two_of_three,
is_run, signal (codes of ref_enum) and direction (1 up, -1 down, 0 no signal); rows whose x is NULL are left out.
#}
{% macro stat_xmr_chart(points, series, position, x, least=12, baseline=24, resolution=none) -%}
    {%- set value = 'xmr_value' if resolution is none else 'xmr_value, xmr_resolution' -%}
    {%- set step_size = none if resolution is none else 'xmr_resolution' -%}
    {%- set lower = stat_xmr_no_nearer('lower_limit', 'judged_mean', -1, step_size) -%}
    {%- set upper = stat_xmr_no_nearer('upper_limit', 'judged_mean', 1, step_size) -%}
    {%- set near_lower = stat_xmr_no_nearer('near_lower_limit', 'judged_mean', -1, step_size) -%}
    {%- set near_upper = stat_xmr_no_nearer('near_upper_limit', 'judged_mean', 1, step_size) -%}
    {%- set six_before = 'lag(xmr_value, 6) over (partition by ' ~ series ~ ' order by ' ~ position ~ ' nulls last)' -%}
    {%- set figures = value ~ ', moving_range, point_count, baseline_count, mean, mean_range' -%}
    {%- set limits = 'lower_limit, upper_limit, near_lower_limit, near_upper_limit' -%}
xmr_range as (
    select
        {{ series }},
        {{ position }},
        {{ x }} as xmr_value,
        {%- if resolution %}
        {{ resolution }} as xmr_resolution,
        {%- endif %}
        {{ stat_xmr_moving_range(x, series, position) }} as moving_range,
        row_number() over (partition by {{ series }} order by {{ position }} nulls last) as point_number,
        count({{ x }}) over (partition by {{ series }}) as point_count
    from {{ points }}
    where {{ x }} is not null
),

xmr_mean as (
    select
        {{ series }},
        {{ position }},
        {{ value }},
        moving_range,
        case when point_number <= {{ baseline }} then moving_range end as baseline_range,
        point_count,
        least(point_count, {{ baseline }}) as baseline_count,
        {{ stat_xmr_mean('(case when point_number <= ' ~ baseline ~ ' then xmr_value end)', series) }} as mean,
        {{ stat_xmr_mean('(case when point_number <= ' ~ baseline ~ ' then moving_range end)', series) }}
            as mean_range_of_all
    from xmr_range
),

xmr_mean_range as (
    select
        {{ series }},
        {{ position }},
        {{ value }},
        moving_range,
        point_count,
        baseline_count,
        mean,
        case when point_count >= {{ least }} then mean end as judged_mean,
        {{ stat_xmr_mean_range('baseline_range', 'mean_range_of_all', series) }} as mean_range
    from xmr_mean
),

xmr_limit as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        judged_mean,
        {{ stat_xmr_lower('judged_mean', 'mean_range') }} as lower_limit,
        {{ stat_xmr_upper('judged_mean', 'mean_range') }} as upper_limit,
        {{ stat_xmr_near_lower('judged_mean', 'mean_range') }} as near_lower_limit,
        {{ stat_xmr_near_upper('judged_mean', 'mean_range') }} as near_upper_limit,
        lag(xmr_value) over (partition by {{ series }} order by {{ position }} nulls last) as previous_value
    from xmr_mean_range
),

xmr_side as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        {{ limits }},
        {{ stat_xmr_side('xmr_value', 'judged_mean', step_size) }} as side,
        {{ stat_xmr_side('xmr_value', 'previous_value') }} as step,
        {{ stat_xmr_beyond('xmr_value', lower, upper, step_size) }} as beyond_limits,
        {{ stat_xmr_beyond('xmr_value', near_lower, near_upper, step_size) }}
            as beyond_near_limits
    from xmr_limit
),

xmr_near as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        {{ limits }},
        side,
        step,
        beyond_limits,
        case when beyond_near_limits <> 0 and beyond_limits = 0 then 1 else 0 end as is_near
    from xmr_side
),

xmr_end as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        {{ limits }},
        side,
        beyond_limits,
        is_near,
        {{ stat_xmr_ends('step', series, position, 6) }}
        {%- if resolution %}
        * coalesce(abs({{ stat_xmr_side('xmr_value', six_before, step_size) }}), 0)
        {%- endif %} as trend_ends,
        {{ stat_xmr_ends('side', series, position, 7) }} as run_ends,
        {{ stat_xmr_two_of_three_ends('is_near', 'side', series, position) }} as two_of_three_ends
    from xmr_near
),

xmr_flag as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        {{ limits }},
        side,
        beyond_limits,
        trend_ends,
        {{ stat_xmr_part_of('trend_ends', 1, series, position, 7) }} as is_rising,
        {{ stat_xmr_part_of('trend_ends', -1, series, position, 7) }} as is_falling,
        is_near = 1 and {{ stat_xmr_part_of('two_of_three_ends', 1, series, position, 3) }} as is_two_of_three,
        {{ stat_xmr_part_of('abs(run_ends)', 1, series, position, 7) }} as is_run
    from xmr_end
),

xmr_signal as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        {{ limits }},
        beyond_limits <> 0 as is_outside_limits,
        is_rising or is_falling as is_trend,
        is_two_of_three,
        is_run,
        case
            when side is null then 'too_few_points'
            when beyond_limits = 1 then 'above_upper_limit'
            when beyond_limits = -1 then 'below_lower_limit'
            when is_rising and not (is_falling and trend_ends = 1) then 'rising'
            when is_falling then 'falling'
            when is_two_of_three and side = 1 then 'two_of_three_high'
            when is_two_of_three then 'two_of_three_low'
            when is_run and side = 1 then 'run_above_mean'
            when is_run then 'run_below_mean'
            else 'common_cause'
        end as signal
    from xmr_flag
),

xmr_chart as (
    select
        {{ series }},
        {{ position }},
        {{ figures }},
        {{ limits }},
        case when signal <> 'too_few_points' then is_outside_limits end as is_outside_limits,
        case when signal <> 'too_few_points' then is_trend end as is_trend,
        case when signal <> 'too_few_points' then is_two_of_three end as is_two_of_three,
        case when signal <> 'too_few_points' then is_run end as is_run,
        signal,
        case
            when signal in ('above_upper_limit', 'rising', 'two_of_three_high', 'run_above_mean') then 1
            when signal in ('below_lower_limit', 'falling', 'two_of_three_low', 'run_below_mean') then -1
            else 0
        end as direction
    from xmr_signal
)
{%- endmacro %}
