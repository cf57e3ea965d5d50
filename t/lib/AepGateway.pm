package AepGateway;

# AepNginx for tests of the gateway: a website with the installed conf.d/aep_website.inc in front of the Edge stand-in,
# and requests as a page of it sends them.
#
#     use AepGateway 'no_plan';
#     run_tests();
#     __DATA__
#
#     === TEST 1: an event reaches the website's datastream
#     --- request
#     POST /ee/v1/interact
#     {"events":[{"xdm":{"eventType":"commerce.purchases"}}]}
#     --- edge_gets
#     query.configId is "ebebf826-a01f-4458-8cec-ef61de241c93"
#     headers.cookie absent
#     --- answer
#     handle.0.type is "locationHint:result"
#
# Sections of a block besides those of Test::Nginx:
#
#     website    lines for the server block, behind a datastream ID and `include aep/website.inc`
#     http       lines for the http block, behind an organization ID and `aep_edge`
#     edge_mode  how the stand-in answers, as JSON (t/edge/README.md)
#     edge_gets  how the one request that reaches the stand-in is (AepDocument), or just `nothing`
#     answer     how the JSON of the answer is (AepDocument)
#
# `config` and `http_config` replace what the first two make.
#
# `more_headers` adds to what a page sends, or takes from it with `! Name`.

use strict;
use warnings;

use AepClient ();
use AepDocument ();
use AepEdge ();
use AepNginx -Base;
use AepPatience qw(patient_edge);
use Cwd ();
use File::Basename ();
use JSON::PP ();
use Test::More ();

our $edge = AepEdge->start;

my $http_config = <<"CONFIG";
    aep_organization_id  0123456789ABCDEF01234567\@AdobeOrg;
    aep_edge             http://127.0.0.1:\$TEST_NGINX_EDGE_PORT @{[patient_edge()]};
CONFIG

my $top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');

my $config = <<"CONFIG";
    aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
    include            $top/conf.d/aep_website.inc;

    add_header X-Outcome      \$aep_outcome      always;
    add_header X-Event-Types  \$aep_event_types  always;
CONFIG

my $page_header = sub {
    my @changes = split /\n/, shift // '';
    my %header = AepClient::page_header();
    for my $change (@changes) {
        my ($name) = $change =~ /^!?\s*([^:\s]+)/ or next;
        delete @header{ grep { lc $_ eq lc $name } keys %header };
    }
    return join "\n", (map { "$_: $header{$_}" } sort keys %header), grep { !/^!/ } @changes;
};

my $check_edge = sub {
    my $block = shift;
    if ($block->edge_gets =~ /^\s*nothing\s*$/) {
        my $requests = $edge->requests(at_least => 1, timeout => 50);
        return Test::More::is(scalar @$requests, 0, $block->name . ' - nothing reaches Edge');
    }
    my $requests = $edge->requests(at_least => 1);
    Test::More::is(scalar @$requests, 1, $block->name . ' - one request reaches Edge') or return;
    return AepDocument::check($requests->[0], $block->edge_gets, $block->name . ' - edge_gets');
};

add_block_preprocessor(sub {
    my $block = shift;
    $block->set_value('http_config', $http_config . ($block->http // '')) unless defined $block->http_config;
    $block->set_value('config', $config . ($block->website // '')) unless defined $block->config;
    $block->set_value('more_headers', $page_header->($block->more_headers)) unless ref $block->more_headers;
    $edge->clear;
    $edge->mode(JSON::PP::decode_json($block->edge_mode)) if defined $block->edge_mode;
});

add_response_body_check(sub {
    my ($block, $body) = @_;
    $check_edge->($block) if defined $block->edge_gets;
    AepDocument::check($body, $block->answer, $block->name . ' - answer') if defined $block->answer;
});

1;
