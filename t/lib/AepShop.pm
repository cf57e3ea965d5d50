package AepShop;

# AepNginx for tests of the tag: a website as in the README's example, in front of a shop's pages.
#
#     use AepShop 'no_plan';
#     run_tests();
#     __DATA__
#
#     === TEST 1: a page gets the tag
#     --- website
#     location = /page.html { proxy_pass $ORIGIN; }
#     --- origin
#     HTTP/1.1 200 OK
#     Content-Type: text/html; charset=utf-8
#     Content-Length: [length]
#
#     <!doctype html><head><ti[pause]tle>Shop</title>
#     --- request
#     GET /page.html
#     --- response_body chomp
#     <!doctype html><head>[tag]<title>Shop</title>
#
# In a body that is checked the tag stands as [tag]. Sections of a block besides those of Test::Nginx:
#
#     website      lines for the server block, behind a datastream ID and `include aep/website.inc`
#     http         lines for the http block, behind an organization ID
#     origin       what the shop behind nginx answers (AepOrigin); origin_piece_size cuts it further
#     data_aep     how the JSON in the tag is (AepDocument)
#     tag_count    how many tags are in the body
#     ends_early   the body ends before its Content-Length
#
# `config` and `http_config` replace what these make.

use strict;
use warnings;

use AepDocument ();
use AepNginx -Base;
use AepOrigin ();
use AepTag ();
use Cwd ();
use File::Basename ();
use Test::More ();

my $top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');
$ENV{TEST_NGINX_WEBSITE_INC} = "$top/conf.d/aep_website.inc";

my $origin = AepOrigin->start;
my $pages  = 0;
my @tags;           # of the last body: their JSON
our $ends_early;    # the one that comes

our $mark_tags = sub {
    my $body = shift;
    @tags = AepTag::data($body);
    return AepTag::marked($body);
};

add_block_preprocessor(sub {
    my $block = shift;
    if (!defined $block->http_config) {
        $block->set_value('http_config',
            "aep_organization_id 0123456789ABCDEF01234567\@AdobeOrg;\n" . ($block->http // ''));
    }
    if (!defined $block->config) {
        $block->set_value('config',
            "aep_datastream_id ebebf826-a01f-4458-8cec-ef61de241c93;\n"
            . "include \$TEST_NGINX_WEBSITE_INC;\n" . ($block->website // ''));
    }
    if (defined $block->origin) {
        my $url = $origin->url('page-' . ++$pages, AepOrigin::pieces($block->origin, $block->origin_piece_size));
        $block->set_value($_, $block->$_ =~ s/\$ORIGIN\b/$url/gr) for qw(config http_config);
    }
    $block->set_value('init', '$AepShop::ends_early = ' . (defined $block->ends_early ? 1 : 0));
    $block->set_value('response_body_filters', $mark_tags) unless defined $block->response_body_filters;
    return if defined $block->must_die;
    $block->set_value('no_shutdown_error_log',
        qr/\[(?:alert|emerg|crit)\]|exited on signal|Sanitizer|runtime error:/);
});

add_response_body_check(sub {
    my $block = shift;
    AepDocument::check($tags[0] // '', $block->data_aep, $block->name . ' - data-aep') if defined $block->data_aep;
    Test::More::is(scalar @tags, $block->tag_count, $block->name . ' - number of tags') if defined $block->tag_count;
});

# Test::Nginx only mentions a body that is shorter or longer than its Content-Length.
$SIG{__WARN__} = sub {
    my $text = join '', @_;
    my $is_wrong_length = $text =~ /response body truncated|unexpected extra bytes/;
    return Test::More::fail(substr $text, 0, 500) if $is_wrong_length && !$ends_early;
    warn $text unless $is_wrong_length;
};

1;
