{#
Limits (95%) of a Poisson count x: exact below 10, Byar's from 10 on.
Formula: lower chi2(0.025; 2x) / 2, upper chi2(0.975; 2x + 2) / 2 (Garwood), written out for x = 0 to 9.
Source: the OHID technical guide for rates; F. Garwood, 1936.
Domain: whole counts x >= 0. Undefined for a negative, missing or, below 10, fractional count: NULL.
#}
{% macro stat_poisson_lower(x) -%}
    (case cast({{ x }} as double)
        when 0e0 then 0e0
        when 1e0 then 0.025317807984289876e0
        when 2e0 then 0.24220927854396496e0
        when 3e0 then 0.6186721228956014e0
        when 4e0 then 1.0898653736263249e0
        when 5e0 then 1.6234863901184207e0
        when 6e0 then 2.2018942534908508e0
        when 7e0 then 2.8143630515198654e0
        when 8e0 then 3.4538321767485014e0
        when 9e0 then 4.115373097378334e0
        else case when {{ x }} >= 10 then {{ stat_byar_lower(x) }} end
    end)
{%- endmacro %}

{% macro stat_poisson_upper(x) -%}
    (case cast({{ x }} as double)
        when 0e0 then 3.6888794541139354e0
        when 1e0 then 5.571643390938898e0
        when 2e0 then 7.22468766772396e0
        when 3e0 then 8.767273069742323e0
        when 4e0 then 10.241588675403694e0
        when 5e0 then 11.66833207932267e0
        when 6e0 then 13.059474022518685e0
        when 7e0 then 14.422675361702376e0
        when 8e0 then 15.763189220193313e0
        when 9e0 then 17.084803451419166e0
        else case when {{ x }} >= 10 then {{ stat_byar_upper(x) }} end
    end)
{%- endmacro %}
