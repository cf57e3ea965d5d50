# The documentation says what the code says: directives with contexts and defaults, variables, metrics, messages.

use strict;
use utf8;
use warnings;

use Cwd ();
use File::Basename ();
use File::Find ();
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

my $top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');

sub content_of {
    my $name = shift;
    open my $in, '<:encoding(UTF-8)', "$top/$name" or die "$name: $!";
    local $/;
    return scalar <$in>;
}

sub files_of {
    my @found;
    File::Find::find({ no_chdir => 1, preprocess => sub { grep { $_ ne 'browser' } @_ },
            wanted => sub { push @found, substr $_, 1 + length $top if /\.[ch]pp$/ } }, "$top/src");
    return sort @found;
}

# Texts in code spans, and others between the same two marks.
sub spans_in { my $text = shift; return $text =~ /`([^`\n]+)`/g }

sub same { my ($found, $expected, $name) = @_; return is(join("\n", sort @$found), join("\n", sort @$expected), $name) }

# A table of nginx's, wherever it stands.
sub table { my $declared = shift; return map { content_of($_) =~ /\b$declared\[\] = \{(.*?)\n\};/s ? $1 : () } files_of() }

# ---- directives ----

my %directives;    # name: [contexts]
{
    my ($table) = table('ngx_command_t directives');
    my %context = (kHttp => 'http', kServer => 'server', kLocation => 'location');
    while ($table =~ /unowned\("(\w+)"\),\s*([^,]*),/g) {
        my ($name, $type) = ($1, $2);
        $directives{$name} = join ', ', map { $context{$_} } grep { $type =~ /\b$_\b/ } qw(kHttp kServer kLocation);
    }
}

my %documented;    # name: { syntax, default, context, since }
for my $section (split /^(?=## )/m, content_of('docs/directives.md')) {
    my ($name) = $section =~ /^## (\w+)$/m or next;
    my ($block) = $section =~ /^```\n(.*?)^```$/ms;
    my %field;
    while (($block // '') =~ /^(\w+):\s+(.*(?:\n\s+.*)*)$/mg) {
        my ($key, $value) = (lc $1, $2);
        $field{$key} = $value =~ s/\s+/ /gr;
    }
    $documented{$name} = { %field, text => $section };
}

delete @documented{ grep { /^aep_status/ } keys %documented } unless $directives{aep_status};
same([keys %documented], [keys %directives], 'docs/directives.md has every directive, and no other');
for my $name (sort keys %documented) {
    my $field = $documented{$name};
    is($field->{context}, $directives{$name}, "$name: context");
    like($field->{syntax}, qr/^$name\b.*;$/,      "$name: syntax");
    like($field->{since} // '', qr/^\d+\.\d+\.\d+$/, "$name: since which version");
    like($field->{text}, qr/^```nginx\n[^`]*\b$name\b[^`]*^```$/m, "$name: an example");
    like(content_of('docs/directives.md'), qr/^\[$name\]\(#$name\)[,.]$/m, "$name: in the list at the top");
}

my $manual = content_of('docs/man/ngx_aep.7');
my %in_manual;
$in_manual{$1} = $2 while $manual =~ /^\.It Ic (aep_\w+) Bq (.*)$/mg;
is_deeply(\%in_manual, \%directives, 'the manual page has every directive with its contexts');

# Defaults, where they stand in the code.
my $website  = content_of('src/settings/website.hpp');
my $merging  = content_of('src/settings/configuration.cpp');
my $endpoint = content_of('src/settings/endpoint.hpp');
my ($limits) = grep { /^struct Limits \{/m } map { content_of($_) } files_of();

sub found { my ($text, $pattern) = @_; return $text =~ $pattern ? $1 // 'on' : '?' }

sub switch { my $text = shift; return { true => 'on', false => 'off', 1 => 'on', 0 => 'off' }->{$text} // '?' }

sub seconds { my $text = shift; return $text % 1000 ? "${text}ms" : $text / 1000 . 's' }

my %default = (
    aep_storefront_events      => undef,
    aep_inject                 => found($merging, qr/conf\.inject == nullptr\) \{\s*return (true);/) eq 'true' ? 'on' : '?',
    aep_tag_place              => found($merging, qr/LocationConf::kHead(Start)\)/) eq 'Start' ? 'head_start' : '?',
    aep_page_view              => found($website, qr/automatic_page_view = (\w+);/) eq 'true' ? 'auto' : 'off',
    aep_data_layer             => join(' ', found($website, qr/use = DataLayerUse::(\w+);/) eq 'automatic' ? 'auto' : '?',
        'name=' . found($website, qr/kName = "(\w+)"/), 'sku=' . found($website, qr/kSku = "(\w+)"/),
        'schema=' . switch(found($website, qr/structured_data = (\w+);/))),
    aep_default_consent        => found($website, qr/default_consent = DefaultConsent::(\w+);/),
    aep_opt_out_cookie         => found($website, qr/opt_out_cookie = "(\w+)"/),
    aep_global_privacy_control => switch(found($website, qr/global_privacy_control = (\w+);/)),
    aep_client_ip              => found($website, qr/client_ip = ClientIp::(\w+);/),
    aep_first_party_id         => found($merging, qr/inherit\(child\.first_party_id, parent\.first_party_id, ("")\)/) eq '""' ? 'off' : '?',
    aep_public_host            => found($merging, qr/return ngx::view\(request->headers_in\.(server)\)/) eq 'server' ? '$host' : '?',
    aep_edge                   => join(' ', found($endpoint, qr/base_url = "([^"]+)"/),
        (map { "$_=" . seconds(found($endpoint, qr/\b$_\{(\d+)\}/)) } qw(answer_timeout connect_timeout timeout)),
        'connections=' . found($endpoint, qr/connections = (\d+);/), 'http2=' . switch(found($endpoint, qr/http2 = (\w+);/))),
    aep_queue => join(' ', found(content_of('src/delivery/queue_directory.cpp'), qr/kName = "([^"]+)"/),
        found($limits, qr/max_size = std::uint64_t\{1\} << (30)U/) eq '30' ? 'max_size=1g' : '?',
        'max_age=' . (found($limits, qr/max_age = std::chrono::hours\(24 \* (\d+)\)/)) . 'd',
        'min_free=' . found($limits, qr/min_free_percent = (\d+);/) . '%'),
    aep_status_token               => 'off',
    aep_back_office_events         => switch(found($merging, qr/parent\.back_office_events, (\d)\)/)),
    aep_back_office_profile_events => switch(found($merging, qr/parent\.back_office_profile_events, (\d)\)/)),
);
for my $name (sort keys %documented) {
    my ($value) = $documented{$name}{default} =~ /^$name (.*);$/;
    next unless defined $value;
    is($value, $default{$name}, "$name: default");
}
is(found($website, qr/kCookie = "(\w+)"/), 'aep_fpid', 'the first-party ID\'s cookie') and
    like($documented{aep_first_party_id}{text}, qr/`aep_fpid`/, 'is documented');
my ($days) = $website =~ /hours\(24 \* (\d+)\)/;
like($documented{aep_first_party_id}{text}, qr/`${days}d`/, 'so is how long it lasts');

# ---- variables ----

{
    my ($table) = table('ngx_http_variable_t variables');
    my $text = content_of('docs/variables.md');
    same([$manual =~ /^\.It Va \$(\w+)$/mg], [$table =~ /unowned\("(\w+)"\)/g], 'the manual page has every variable');
    same([$text =~ /^## \$(\w+)$/mg], [$table =~ /unowned\("(\w+)"\)/g], 'docs/variables.md has every variable, and no other');
    for (['aep_tag', 'src/page/tag_outcome.cpp'], ['aep_outcome', 'src/shared/outcome.hpp']) {
        my ($name, $file) = @$_;
        my ($section) = $text =~ /^## \$$name\n(.*?)(?=^## |\z)/ms;
        my %values = map { $_ => 1 } content_of($file) =~ /return "(\w+)";/g;
        same([$section =~ /^\| `(\w+)` \|/mg], [keys %values], "\$$name: every value");
    }
}

# ---- metrics ----

SKIP: {
    my $file = 'src/status/prometheus.cpp';
    skip "there is no $file", 1 unless -e "$top/$file";
    my ($section) = content_of('docs/status.md') =~ /^## Prometheus\n(.*?)(?=^## |\z)/ms;
    my ($told)  = content_of($file) =~ /\bkToldBefore\{(.*?)\}/s;
    my @code    = content_of($file) =~ /"(aep_\w*[a-z])"/g;
    my @counted = grep { $told !~ /"$_"/ } content_of('src/shared/counters.hpp') =~ /^    X\(\w+,\s+"(\w+)"/mg;
    same([$section =~ /^\| `(aep_\w+)` \|/mg], [@code, map { "aep_$_" } @counted], 'docs/status.md has every metric, and no other');
}

# ---- members of the status's JSON ----

SKIP: {
    my $file = 'src/status/json.cpp';
    skip "there is no $file", 1 unless -e "$top/$file";
    my %named = map { $_ => 1 } map { /\w+/g } spans_in(content_of('docs/status.md'));
    my @members = content_of($file) =~ /(?:json\.(?:member|name)\(|write_\w+\(json, )"(\w+)"/g;
    cmp_ok(scalar @members, '>', 80, 'members are found');
    is(join(' ', grep { !$named{$_} } @members), '', 'docs/status.md has every member');
}

# ---- messages ----

# A message of the log is a literal of the source with some words in it. Not those that are no message for an operator:
# by the call that they stand in, or by the place. In rooms whose texts go elsewhere only what is logged at once is one.
my $no_message = qr/^(?:.*::)?(?:ngx_log_debug\d|guarded|problem|not_found|action|answer_of|with_columns\w*|static_assert
    |runtime_error|logic_error|invalid_argument|system_error|add_header|LogAction|X|EngineThread|kBy\w*Names|Problem)$/x;
my $other_rooms  = qr{^src/(?:protocol|text|sdk|threads|backoffice/mapping|status)/};
my $of_the_start = qr{^src/backoffice/mapping/(?:labels|custom_attribute)\.cpp$};    # files that are read then
my $other_files  = qr{/(?:problems|counters|entry_columns|order_database|consent_database|queue_database)\.[ch]pp$};
my $other_text   = qr{^(?:\s*;?\s*(?:SELECT|FROM|INSERT|DELETE|UPDATE|CREATE|PRAGMA|BEGIN|WITH|REPLACE)\b|GET\ /|[A-Z][a-z]+,\ \d\d
    |no-cache|Origin,|X-Adobe|Accept-Encoding|text/|is\ an\ object|set-consent\ requests|in\ flight,|nothing\ to\ queue|the\ thread\ (?:for|of)|putting\ the\ tag)}x;

my %word = (EMERG => 'emerg', ALERT => 'alert', CRIT => 'crit', ERR => 'error', WARN => 'warn', NOTICE => 'notice', INFO => 'info');

# The string literals of a file, neighbours joined; each with the calls around it, and the level that these name.
sub literals_of {
    my $file = shift;
    my $text = content_of($file);
    my ($last, @stack, @found, $open) = ('');
    my $end = sub { push @found, $open if $open; undef $open };
    while ($text =~ m{\G(?:(//[^\n]*|/\*.*?\*/|\s+|^\#[^\n]*)|R"\((.*?)\)"|"((?:[^"\\]|\\.)*)"|'(?:[^'\\\n]|\\[^\n]+?)'
            |(NGINX_VERSION)|(\d[\d']*\w*|[\w:.>~-]+)|([({])|([)}])|(.))}gsxm) {
        next if defined $1;
        if (defined $2 || defined $3) {
            my $piece = $2 // $3 =~ s/\\(["\\])/$1/gr;
            $open //= { text => '', file => $file, calls => [map { $_->{call} } @stack] };
            $open->{text} .= $piece;
            $open->{frame} = $stack[-1];
            next;
        }
        next if defined $4 && $open && ($open->{text} .= '%s');
        next if $open && ($8 // '') eq '+';
        $end->();
        if (defined $5) {
            my $name = $5;
            $_->{level} //= $word{$1} for $name =~ /^NGX_LOG_(\w+)$/ && $word{$1} ? $stack[-1] // () : ();
            # say(true, ...) and LogLine{true, ...}
            if ($name =~ /^(?:true|false)$/ && @stack && $stack[-1]{is_empty} && "$stack[-1]{call} " . (@stack > 1 ? $stack[-2]{call} : '') =~ /\bsay\b/) {
                $stack[-1]{level} = $name eq 'true' ? 'alert' : 'warn';
            }
            $stack[-1]{is_empty} = 0 if @stack;
            $last = $name;
        } elsif (defined $6) {
            push @stack, { call => $last, is_empty => 1, outer => $stack[-1],
                ($last =~ /^(?:refuse|refuse_file)$/ && $file =~ m{/settings/} ? (level => 'emerg') : ()) };
            $last = '';
        } elsif (defined $7) {
            pop @stack;
            $last = '';
        } else {
            $last = '' unless ($8 // '') =~ /[<>]/;
        }
    }
    $end->();
    for my $each (@found) {
        my $frame = $each->{frame};
        $frame = $frame->{outer} while $frame && !$frame->{level};
        $each->{level} = $frame && $frame->{level};
    }
    return @found;
}

# The parts of a literal that are the same in every line of the log.
sub parts_of {
    my $text = shift;
    $text =~ s/^aep: //;
    return grep { (() = /[A-Za-z]{2,}/g) >= 3 && / .* / } map { s/^\s+|\s+$//gr =~ s/\s+/ /gr } split /%(?:\*s|u?[iLzs]|V|s|d|p)|\\[nr]/, $text;
}

my (@messages, @rows);
for my $file (files_of()) {
    next if $file =~ $other_files;
    my $only_what_is_logged = $file =~ $other_rooms && $file !~ $of_the_start;
    for my $literal (literals_of($file)) {
        next if $only_what_is_logged && !grep { /^(?:ngx_log_error|ngx_conf_log_error|(?:ngx::)?log)$/ } @{ $literal->{calls} };
        next if $literal->{text} =~ $other_text || grep { $_ =~ $no_message } @{ $literal->{calls} };
        push @messages, map { { %$literal, part => $_ } } parts_of($literal->{text});
    }
}
cmp_ok(scalar @messages, '>', 150, 'messages are found in the code');

for my $line (split /\n/, content_of('docs/messages.md')) {
    my ($level, $message, $means, $do) = $line =~ /^\| ([a-z, ]+?) \| (.*?) \| (.*) \|$/ or next;
    next if $level eq 'level';
    push @rows, { level => $level, line => $line, spans => [spans_in($line)], messages => [spans_in($message)] };
}
cmp_ok(scalar @rows, '>', 100, 'docs/messages.md has a table');

my (@undocumented, @wrong_level);
for my $message (@messages) {
    my @in = grep { grep { index($_, $message->{part}) >= 0 } @{ $_->{spans} } } @rows;
    push @undocumented, "$message->{file}: $message->{part}" if !@in;
    my $level = $message->{level} // next;
    push @wrong_level, "$level: $message->{part}" if @in && !grep { $_->{level} =~ /\b$level\b/ } @in;
}
is(join("\n", @undocumented), '', 'docs/messages.md has every message');
is(join("\n", @wrong_level),  '', 'with its level');

my $code = join "\n", map { $_->{text} =~ s/\s+/ /gr } map { literals_of($_) } files_of();
$code =~ s/%(?:\*s|u?[iLzs]|V|s|d|p)/\n/g;
my @invented;
for my $row (@rows) {
    for my $message (@{ $row->{messages} }) {
        for my $part (map { s/^aep_queue: |^[\s:;,.()"]+|[\s:;,.()"]+$//gr } split /…/, $message) {
            push @invented, $part if length $part > 3 && index($code, $part) < 0;
        }
    }
}
is(join("\n", @invented), '', 'and no other');

# ---- links ----

my @pages = ('README.md', map { substr $_, 1 + length $top } glob "$top/docs/*.md");

# As GitHub makes them of headings.
sub anchors_in {
    my $text = content_of(shift) =~ s/^```.*?^```$//msgr;
    return map { lc($_) =~ s/[^\w\- ]//gr =~ tr/ /-/r } $text =~ /^#+ (.*)$/mg;
}

my @lost;
for my $page (@pages) {
    my $text = content_of($page);
    for my $link (grep { !/^https?:/ } $text =~ /(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g) {
        my ($file, $anchor) = split /#/, $link;
        my $target = length $file ? ($page =~ s{[^/]*$}{}r . $file) =~ s{[^/]+/\.\./}{}gr : $page;
        my $leads  = -e "$top/$target" && (!defined $anchor || grep { $_ eq $anchor } anchors_in($target));
        push @lost, "$page: $link" unless $leads;
    }
    push @lost, map { "$page: $_" } grep { !-e "$top/$_" } $text =~ /`((?:src|t|conf\.d)\/[\w.\/-]+)`/g;
    next if $page eq 'README.md';
    push @lost, "README.md does not lead to $page" if content_of('README.md') !~ /\]\(\Q$page\E[)#]/;
}
is(join("\n", @lost), '', 'links and paths lead somewhere');
cmp_ok(scalar(() = content_of('README.md') =~ /\n/g), '<=', 150, 'README is no longer than a front door');

done_testing;
