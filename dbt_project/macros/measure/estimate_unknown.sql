{#
What people of unknown ethnicity could do to an estimate of single observations: their own values are known, only whose
they are is not. CTEs `split` (per figure, what the unknown would make of it were they split like the known) and `bound`
(per compared figure, the ratio to its reference whoever the unknown are), from `figure_key`, `observed`, `base`,
`known` and, for a median, `ranked` of `estimate_of`.

Belongs here: plausible values and bounds of means and medians. Does not belong here: the figure itself, and the
widening by sampling error, which the engine does.

split    A group with share g of the known observations is given each unknown observation with weight o g / (1 + (o - 1)
         g): o is 1 at the middle value of the known of all groups, and for `split_high` 2 above it and 1/2 below it,
         for `split_low` the other way round. Then the weighted mean, or the weighted median: half way between the
         first values at which at least, and more than, half of the weight is reached. The high end of a ratio is
         split_high of the group over split_low of the reference. Of two groups the weights add up to one.
         Source: the odds of `stat_plausible_*`, with an observation above the middle in place of an event.
bound    mean: a person moves with all their observations, as in a rate (`stat_bound_split_*`; values >= 0).
         median: the k highest unknown observations go to one side, the others to the other. The middle of a group g
         with the k highest of m is, by rank r, least(g at r, all at r + m - k), all being the group with all of the
         unknown; with the j lowest, greatest(g at r - j, all at r). Each observation moves on its own: sharp for people
         with one observation, not narrower for people with several. NULL where a group has no known observation.
#}
{% macro estimate_unknown(measure_id, statistic) -%}
{{ _known_middle() }},

{{ _split_mean() if statistic == 'mean' else _split_median() }},

{{ _steps_mean() if statistic == 'mean' else _steps_median() }},

compared_group as (
    select basis, grouping, group_code, reference_group_code, is_elsewhere_open
    from {{ ref('int_measure_declared_group') }}
    where measure_id = '{{ measure_id }}' and is_compared
),

pair as (
    select
        own.figure_number,
        white.figure_number as reference_number,
        compared_group.is_elsewhere_open
    from figure_key as own
    inner join compared_group
        on
            compared_group.basis = own.basis
            and compared_group.grouping = own.grouping
            and compared_group.group_code = own.group_code
    inner join figure_key as white
        on white.family_number = own.family_number and white.group_code = compared_group.reference_group_code
),

-- Left joins keep the pairs first: steps joined to steps by their number alone would be all of them by all of them.
opposed as (
    select
        pair.figure_number,
        pair.is_elsewhere_open,
        {%- for column in ['first', 'rest', 'first_next', 'rest_next'] %}
        own.with_{{ column }} as own_{{ column }},
        white.with_{{ column }} as other_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from pair
    left join step as own on own.figure_number = pair.figure_number
    left join step as white
        on white.figure_number = pair.reference_number and white.step_number = own.step_number
),

bound as (
    select
        figure_number,
        {{ stat_bound_split_lower(
            'own_rest', 'other_first', 'own_rest_next', 'other_first_next', 'is_elsewhere_open'
        ) }} as bound_lower,
        {{ stat_bound_split_upper(
            'own_first', 'other_rest', 'own_first_next', 'other_rest_next', 'is_elsewhere_open'
        ) }} as bound_upper
    from opposed
    group by figure_number
)
{%- endmacro %}

{# CTE `allotted`: each unknown observation given to each known group of its cell, with its two weights. #}
{% macro _known_middle() -%}
known_ranked as (
    select
        family_number,
        value,
        row_number() over (partition by family_number order by value asc nulls last) as value_rank,
        count(*) over (partition by family_number) as observations
    from observed
    where not is_unknown
),

known_middle as (
    select
        family_number,
        max(observations) as observations,
        {{ middle_value() }} as value
    from known_ranked
    group by family_number
),

allotted as (
    select
        known.figure_number,
        observed.value,
        {%- for end, above, below in [('low', '5e-1', '2e0'), ('high', '2e0', '5e-1')] %}
        {%- set odds -%}
            (case
                when observed.value > known_middle.value then {{ above }}
                when observed.value < known_middle.value then {{ below }}
                else 1e0
            end)
        {%- endset %}
        {{ safe_divide(
            odds ~ ' * known.base', 'known_middle.observations + (' ~ odds ~ ' - 1e0) * known.base'
        ) }} as {{ end }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from known
    inner join known_middle on known_middle.family_number = known.family_number
    inner join observed on observed.family_number = known.family_number and observed.is_unknown
)
{%- endmacro %}

{% macro _split_mean() -%}
given as (
    select
        figure_number,
        {%- for end in ['low', 'high'] %}
        {{ stable_sum('value * ' ~ end ~ '_weight', decimals=17) }} as {{ end }}_total,
        {{ stable_sum(end ~ '_weight', decimals=17) }} as {{ end }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from allotted
    group by figure_number
),

split as (
    select
        known.figure_number,
        {%- for end in ['low', 'high'] %}
        {{ safe_divide(
            'known.total + coalesce(given.' ~ end ~ '_total, 0e0)', 'known.base + coalesce(given.' ~ end ~ '_weight, 0e0)'
        ) }} as split_{{ end }}{{ ',' if not loop.last }}
        {%- endfor %}
    from known
    left join given on given.figure_number = known.figure_number
)
{%- endmacro %}

{% macro _split_median() -%}
joined as (
    select observed.figure_number, observed.value, 1e0 as low_weight, 1e0 as high_weight
    from observed
    where not observed.is_unknown
    union all
    select figure_number, value, low_weight, high_weight
    from allotted
),

joined_ranked as (
    select
        figure_number,
        value,
        row_number() over (partition by figure_number order by value asc nulls last) as value_rank,
        {%- for end in ['low', 'high'] %}
        sum(cast({{ end }}_weight as decimal(30, 9))) over (
            partition by figure_number
            order by value asc nulls last
        ) as {{ end }}_reached,
        sum(cast({{ end }}_weight as decimal(30, 9))) over (partition by figure_number) as {{ end }}_total
        {{- ',' if not loop.last }}
        {%- endfor %}
    from joined
),

split as (
    select
        figure_number,
        {%- for end in ['low', 'high'] %}
        5e-1 * (
            min(case when 2 * {{ end }}_reached >= {{ end }}_total then value end)
            + min(case when 2 * {{ end }}_reached > {{ end }}_total then value end)
        ) as split_{{ end }}{{ ',' if not loop.last }}
        {%- endfor %}
    from joined_ranked
    group by figure_number
)
{%- endmacro %}

{# CTE `step`: per figure and split of the unknown, its value with those before it and with the others. #}
{% macro _steps_mean() -%}
    {%- set before -%}
        over (
            partition by family_number
            order by step_number asc nulls last
            rows between unbounded preceding and 1 preceding
        )
    {%- endset -%}
unknown_person as (
    select
        family_number,
        subject_key,
        {{ stable_sum('value') }} as total,
        cast(count(*) as double) as observations
    from observed
    where is_unknown
    group by family_number, subject_key
),

ordered_person as (
    select
        family_number,
        total,
        observations,
        row_number() over (
            partition by family_number
            order by {{ safe_divide('total', 'observations') }} desc nulls last, total desc nulls last,
                subject_key asc nulls last
        ) as step_number
    from unknown_person
),

summed_person as (
    select
        family_number,
        step_number,
        total,
        observations,
        {%- for column in ['total', 'observations'] %}
        coalesce({{ stable_sum(column, over=before) }}, 0e0) as {{ column }}_before,
        {{ stable_sum(column, over='over (partition by family_number)') }} as all_{{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ordered_person
),

step as (
    select
        known.figure_number,
        person.step_number,
        {%- for next, total, observations in [
            ('', 'person.total_before', 'person.observations_before'),
            ('_next', '(person.total_before + person.total)', '(person.observations_before + person.observations)'),
        ] %}
        {{ safe_divide('known.total + ' ~ total, 'known.base + ' ~ observations) }} as with_first{{ next }},
        {{ safe_divide(
            'known.total + person.all_total - ' ~ total, 'known.base + person.all_observations - ' ~ observations
        ) }} as with_rest{{ next }}{{ ',' if not loop.last }}
        {%- endfor %}
    from known
    inner join summed_person as person on person.family_number = known.family_number
)
{%- endmacro %}

{% macro _steps_median() -%}
unknown_count as (
    select family_number, count(*) as observations
    from observed
    where is_unknown
    group by family_number
),

split_number as (
    select
        family_number,
        row_number() over (partition by family_number order by value asc nulls last) as step_number
    from observed
    where is_unknown
    union all
    select family_number, 0 as step_number
    from unknown_count
),

half as (
    select 1 as half_number
    union all
    select 2 as half_number
),

-- The two middle ranks of the group with the first step_number of the unknown, and with the rest of them.
middle_rank as (
    select
        known.figure_number,
        split_number.step_number,
        unknown_count.observations - split_number.step_number as rest_number,
        cast(floor((known.base + split_number.step_number + half.half_number) * 5e-1) as bigint) as first_rank,
        cast(floor(
            (known.base + unknown_count.observations - split_number.step_number + half.half_number) * 5e-1
        ) as bigint) as rest_rank
    from known
    inner join unknown_count on unknown_count.family_number = known.family_number
    inner join split_number on split_number.family_number = known.family_number
    cross join half
),

middle_value as (
    select
        middle_rank.figure_number,
        middle_rank.step_number,
        least(own_first.value, all_first.value) as with_first,
        greatest(own_rest.value, all_rest.value) as with_rest
    from middle_rank
    left join ranked as own_first
        on own_first.figure_number = middle_rank.figure_number and own_first.value_rank = middle_rank.first_rank
    inner join joined_ranked as all_first
        on
            all_first.figure_number = middle_rank.figure_number
            and all_first.value_rank = middle_rank.first_rank + middle_rank.rest_number
    left join ranked as own_rest
        on
            own_rest.figure_number = middle_rank.figure_number
            and own_rest.value_rank = middle_rank.rest_rank - middle_rank.rest_number
    inner join joined_ranked as all_rest
        on all_rest.figure_number = middle_rank.figure_number and all_rest.value_rank = middle_rank.rest_rank
),

step as (
    select
        figure_number,
        step_number,
        5e-1 * sum(with_first) as with_first,
        5e-1 * sum(with_rest) as with_rest,
        5e-1 * sum(with_first) as with_first_next,
        5e-1 * sum(with_rest) as with_rest_next
    from middle_value
    group by figure_number, step_number
)
{%- endmacro %}
